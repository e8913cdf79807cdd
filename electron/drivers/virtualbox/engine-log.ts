// Reads VBox.log: which engine a run really used and why, and how a start failed. Only lines before the guest runs
// are read, and only where VirtualBox itself begins the line: a guest can write into this log later.
import { judgeStart, type StartProblem } from './start-errors.ts';

export type VBoxEngine = 'vboxdrv' | 'kvm' | 'software';

export interface EngineWitness {
  readonly engine: VBoxEngine;
  /** Why it is not the one tried before, in VirtualBox's words: "Driverless mode". */
  readonly because?: string;
  /** The line that says so, without its time. */
  readonly line: string;
}

export interface EngineLog {
  /** `running`: the guest was let run. `open`: not decided yet. */
  readonly outcome: 'running' | 'failed' | 'open';
  readonly witness?: EngineWitness;
  readonly problem?: StartProblem;
  /** ms since the epoch and process id, to tell this run's log from an older one's. */
  readonly openedAt?: number;
  readonly processId?: number;
}

const untilItRuns = (log: string): { readonly lines: readonly string[]; readonly ran: boolean } => {
  const lines = log.split('\n').map((line) => line.replace(/^\d+:\d\d:\d\d\.\d+ ?/, ''));
  const end = lines.findIndex((line) =>
    /^Changing the VM state from '\w+' to 'RUNNING'/.test(line),
  );
  return end === -1 ? { lines, ran: false } : { lines: lines.slice(0, end), ran: true };
};

const match = (lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined => {
  for (const line of lines) {
    const found = pattern.exec(line);
    if (found) return found;
  }
  return undefined;
};

/**
 * The order matters. "Falling back" lines come before the general HMR3Init one, which they look like; that KVM was
 * attempted proves nothing, only its "mode is active" does; "PGM: Enabling NEM mode" is printed in software too.
 */
const readWitness = (lines: readonly string[]): EngineWitness | undefined => {
  const toIem = match(lines, /^HM: HMR3Init: Falling back on IEM: (.+)$/);
  if (toIem) return { engine: 'software', because: toIem[1] ?? '', line: toIem[0] };
  const executesAll = match(lines, /^EMR3Init: fIemExecutesAll=true.*$/);
  if (executesAll) return { engine: 'software', line: executesAll[0] };
  const nem = match(
    lines,
    /^NEM: NEMR3Init: (?:(?:Turtle|Snail) execution mode is active!|Active\.).*$/,
  );
  if (nem) {
    const because = match(lines, /^HM: HMR3Init: Attempting fall back to NEM: (.+)$/)?.[1];
    return { engine: 'kvm', line: nem[0], ...(because === undefined ? {} : { because }) };
  }
  const hm = match(lines, /^HM: HMR3Init: (?:VT-x|AMD-V) w\/.*$/);
  return hm ? { engine: 'vboxdrv', line: hm[0] } : undefined;
};

/** VirtualBox's sentences about a failure; the first `VMSetError` line names the place in its source. */
const readProblem = (lines: readonly string[]): StartProblem | undefined => {
  const failed = match(lines, /^Power up failed \(vrc=(\w+), hrc=/);
  if (!failed) return undefined;
  const said = lines
    .map((line) => /^VMSetError: (?!.*; rc=\w+$)(.+)$/.exec(line)?.[1])
    .find((line) => line !== undefined);
  // Tried as a fallback, KVM's own reason is only logged; the code speaks of the driver.
  const kvm = match(lines, /^NEM: Not available: (.+)$/)?.[1];
  return judgeStart(failed[1] ?? 'none', kvm ?? said ?? '');
};

export const readEngineLog = (log: string): EngineLog => {
  const { lines, ran } = untilItRuns(log);
  const witness = readWitness(lines);
  const problem = ran ? undefined : readProblem(lines);
  const opened = match(lines, /^Log opened (\S+)$/)?.[1];
  const openedAt =
    opened === undefined ? Number.NaN : Date.parse(opened.replace(/(\.\d{3})\d+Z$/, '$1Z'));
  const processId = match(lines, /^Process ID: (\d+)$/)?.[1];
  return {
    outcome: ran ? 'running' : problem ? 'failed' : 'open',
    ...(witness ? { witness } : {}),
    ...(problem ? { problem } : {}),
    ...(Number.isNaN(openedAt) ? {} : { openedAt }),
    ...(processId === undefined ? {} : { processId: Number(processId) }),
  };
};
