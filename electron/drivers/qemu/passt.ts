// passt beside a machine: one process per NIC that asked for it, started before QEMU, which connects to its socket. Ends
// by itself when QEMU closes the connection. (With QEMU 7.2 as the listening side the two wait for each other under load:
// it leaves accepted connections blocking. With a hub between, behind which passt could be replaced, it hands frames to
// virtio out of order, and transfers took up to ten times as long.)
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type AppError } from '../../../shared/contract/errors.ts';
import type { Nic } from '../../../shared/model/network.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import { cleanDescriptors } from '../../process/clean-start.ts';
import { argvOf } from '../../process/processes.ts';
import type { DriverContext } from '../types.ts';
import type { VmFiles } from './files.ts';
import { lastLines } from './log-file.ts';
import type { NicPlugs } from './netdev.ts';
import { identify, signalProcess, waitForEnd, type ProcessIdentity } from './processes.ts';
import { scopePrefix } from './scope.ts';

/** passt makes its sockets and name spaces in milliseconds; a loaded computer may need seconds. */
const startLimitMs = 20_000;

/** The arguments of passt for a NIC with NAT. */
export const passtArgs = (nic: Nic, socket: string, pidFile: string): readonly string[] => {
  const { attachment } = nic;
  if (attachment.kind !== 'nat') throw new Error(`passt for ${attachment.kind}`);
  return [
    ...['--foreground', '--one-off'],
    ...['--socket', socket],
    ...['--pid', pidFile],
    // Started by root it would become nobody, who may not write into our folders.
    ...(process.getuid?.() === 0 ? ['--runas', '0:0'] : []),
    // passt hands the gateway's address to this computer's loopback unless told not to.
    ...(attachment.mayReachHost === true ? [] : ['--no-map-gw']),
    ...(attachment.ipv6 ? [] : ['--ipv4-only']),
    ...attachment.forwards.flatMap(({ protocol, hostAddress, hostPort, guestPort }) => [
      protocol === 'tcp' ? '-t' : '-u',
      `${hostAddress === '' ? '' : `${hostAddress}/`}${hostPort}:${guestPort}`,
    ]),
  ];
};

const pidIn = (path: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
};

interface Start {
  readonly vm: VmDefinition['id'];
  readonly nic: Nic;
  readonly socket: string;
  readonly program: string;
  readonly pidFile: string;
  readonly log: string;
}

/** Resolves when passt listens. Rejects with `network/service-failed` and passt's words. */
const startOnce = async (
  ctx: DriverContext,
  start: Start,
  prefix: readonly string[],
): Promise<ProcessIdentity> => {
  const { vm, nic, program, pidFile } = start;
  for (const path of [pidFile, start.socket]) rmSync(path, { force: true });
  const [command = program, ...args] = [
    ...prefix,
    ...cleanDescriptors(2),
    program,
    ...passtArgs(nic, start.socket, pidFile),
  ];
  const log = openSync(start.log, 'w', 0o600);
  const stdio = ['ignore', log, log] as const;
  const child = spawn(command, args, {
    ...{ cwd: '/', detached: true, env: ctx.env },
    stdio: [...stdio],
  });
  closeSync(log);
  let exit: string | undefined;
  child.once('error', (error) => (exit = error.message));
  child.once('exit', (code, signal) => {
    exit = code === null ? String(signal) : `exit ${code}`;
    if (exit !== 'exit 0') ctx.log.warn('passt ended', { vm, nic: nic.id, exit });
  });
  child.unref();
  const deadline = performance.now() + startLimitMs;
  while (exit === undefined && performance.now() < deadline) {
    const pid = pidIn(pidFile);
    const identity = pid === undefined ? undefined : identify(pid);
    if (identity) return identity;
    await sleep(10);
  }
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (exit === undefined && identity) signalProcess(identity, 'SIGKILL');
  const reason = lastLines(start.log, 5).join(' ') || (exit ?? 'passt did not start in time');
  throw failure('network/service-failed', { name: nic.id, reason });
};

const pidFileOf = (files: VmFiles, nic: string): string => join(files.stateDir, `passt-${nic}.pid`);

const runningPasst = (pidFile: string): ProcessIdentity | undefined => {
  const pid = pidIn(pidFile);
  return pid !== undefined && argvOf(pid).includes(pidFile) ? identify(pid) : undefined;
};

/** What is wrong with a machine whose passt is gone while it runs: QEMU connects to no other. */
export const passtLost = (nic: string): AppError => {
  const reason = 'passt ended. The adapter has no connection until the machine is started again.';
  return failure('network/service-failed', { name: nic, reason }).error;
};

/** The same of a machine that was found running; undefined: its passts run too. */
export const passtProblem = (files: VmFiles, plugs: NicPlugs = {}): AppError | undefined => {
  const lost = Object.entries(plugs).find(
    ([nic, { kind }]) => kind === 'passt' && !runningPasst(pidFileOf(files, nic)),
  );
  return lost && passtLost(lost[0]);
};

/** A passt of a former run that has not seen its QEMU go yet. */
const endFormer = async (pidFile: string): Promise<void> => {
  const former = runningPasst(pidFile);
  if (!former) return;
  signalProcess(former, 'SIGKILL');
  await waitForEnd(former, startLimitMs);
};

/**
 * Starts what the NICs of a machine ask for; resolves to how to end it if QEMU does not come. `program`: path of passt;
 * absent: not installed. Rejects with `network/service-missing` or `network/service-failed`; nothing is left then.
 */
export const startPassts = async (
  ctx: DriverContext,
  program: string | undefined,
  { id, config }: VmDefinition,
  files: VmFiles,
  plugs: NicPlugs,
): Promise<() => void> => {
  const started: ProcessIdentity[] = [];
  const end = (): void => started.forEach((one) => signalProcess(one, 'SIGTERM'));
  try {
    for (const nic of config.nics) {
      const plug = plugs[nic.id];
      if (plug?.kind !== 'passt') continue;
      if (program === undefined) {
        const need = 'the NAT that this machine asks for';
        throw failure('network/service-missing', { program: 'passt', need });
      }
      const pidFile = pidFileOf(files, nic.id);
      const log = join(files.stateDir, `passt-${nic.id}.log`);
      await endFormer(pidFile);
      const start = { vm: id, nic, socket: plug.path, program, pidFile, log };
      const scope = scopePrefix(ctx.env, id, `${nic.id}-${Math.floor(ctx.now())}`);
      started.push(
        await startOnce(ctx, start, scope).catch((error: unknown) => {
          // Where the user's systemd makes no scope, passt runs beside us as QEMU does.
          if (scope.length === 0) throw error;
          return startOnce(ctx, start, []);
        }),
      );
    }
    return end;
  } catch (error) {
    end();
    throw error;
  }
};
