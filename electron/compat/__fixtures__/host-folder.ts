// A folder that stands for a host, and an Exec that answers from a table.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { failure } from '../../../shared/contract/errors.ts';
import type { Exec } from '../../process/exec.ts';
import type { DeviceLook } from '../kvm/model.ts';
import { mayUseBelow } from '../probes/look.ts';
import type { ProbeHost } from '../probes/probe.ts';
import { lookAtVboxdrv } from '../vboxdrv/look.ts';

export interface HostFolder {
  readonly root: string;
  readonly remove: () => void;
}

/** `files`: absolute host path → content. */
export const hostFolder = (files: Readonly<Record<string, string>>): HostFolder => {
  const root = mkdtempSync(join(tmpdir(), 'pvh-'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
};

type Answer = { readonly stdout: string; readonly exitCode?: number } | 'missing' | 'failing';

/** Answers by program name; a program not in the table is missing. */
export const tableExec =
  (answers: Readonly<Record<string, Answer>>): Exec =>
  async (file) => {
    const answer = answers[file] ?? 'missing';
    if (answer === 'missing') throw failure('process/not-found', { command: file });
    if (answer === 'failing') {
      throw failure('process/failed', { command: file, exit: 'exit code 1', stderr: 'no bus' });
    }
    return { stderr: '', exitCode: 0, durationMs: 1, ...answer };
  };

export const opened: DeviceLook = { kind: 'opened', mode: '660', uid: 0, gid: 104 };

export const probeHost = (root: string, more: Partial<ProbeHost> = {}): ProbeHost => ({
  root,
  env: { HOME: '/home/u', PATH: '/usr/bin', XDG_RUNTIME_DIR: '/run/user/1000' },
  exec: tableExec({}),
  signal: new AbortController().signal,
  distribution: 'debian',
  dataDir: root,
  drivers: () => [],
  lookAtKvmDevice: async () => opened,
  lookAtVboxdrv: () => lookAtVboxdrv({ root }),
  mayUse: mayUseBelow(root),
  user: { name: 'u', uid: 1000, groups: [1000] },
  checkKvm: async () => undefined,
  ...more,
});

export const cpuInfo = (flags: string): string =>
  `processor\t: 0\nmodel name\t: Test CPU\nflags\t\t: fpu sse2 ${flags}\n\nprocessor\t: 1\nflags\t\t: fpu\n`;
