// passt beside a machine: one process per NIC that asked for it, started on an open connection to QEMU's socket, so
// that it can be started again while the guest runs. Ends by itself when QEMU closes the connection.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';
import type { Nic } from '../../../shared/model/network.ts';
import { cleanDescriptors } from '../../process/clean-start.ts';
import type { DriverContext } from '../types.ts';
import { lastLines } from './log-file.ts';
import type { Machine } from './machine.ts';
import { argvOf } from '../../process/processes.ts';
import { identify, isAlive, signalProcess, waitForEnd, type ProcessIdentity } from './processes.ts';
import { scopePrefix } from './scope.ts';

/** passt makes its sockets and name spaces in milliseconds; a loaded computer may need seconds. */
const startLimitMs = 20_000;
const lookEveryMs = 2000;
const longestPauseMs = 60_000;
/** The connection to QEMU, in passt's eyes. */
const connectionFd = 3;

interface PasstFiles {
  readonly pidFile: string;
  readonly log: string;
}
const filesFor = (machine: Machine, nic: string): PasstFiles => ({
  pidFile: join(machine.files.stateDir, `passt-${nic}.pid`),
  log: join(machine.files.stateDir, `passt-${nic}.log`),
});

/** The arguments of passt for a NIC with NAT. */
export const passtArgs = (nic: Nic, pidFile: string): readonly string[] => {
  const { attachment } = nic;
  if (attachment.kind !== 'nat') throw new Error(`passt for ${attachment.kind}`);
  return [
    '--foreground',
    ...['--fd', `${connectionFd}`],
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

/** An open connection that nobody here reads from: its bytes are passt's. */
const connectFor = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = new Socket();
    socket.pause();
    socket.once('error', reject);
    socket.connect(path, () => resolve(socket));
  });

const pidIn = (path: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** The passt of an earlier manager, if it still serves this NIC. */
const findRunning = ({ pidFile }: PasstFiles): ProcessIdentity | undefined => {
  const pid = pidIn(pidFile);
  return pid !== undefined && argvOf(pid).includes(pidFile) ? identify(pid) : undefined;
};

interface Start {
  readonly machine: Machine;
  readonly nic: Nic;
  readonly path: string;
  readonly program: string;
  readonly hasScope: boolean;
}

/** Resolves when passt serves. Rejects with `network/service-failed` and passt's words. */
const startOnce = async (ctx: DriverContext, start: Start): Promise<ProcessIdentity> => {
  const { machine, nic, program } = start;
  const files = filesFor(machine, nic.id);
  rmSync(files.pidFile, { force: true });
  const token = `${machine.record.token}-${nic.id}-${Math.floor(performance.now())}`;
  const prefix = start.hasScope ? scopePrefix(ctx.env, machine.id, token) : [];
  const [command = program, ...args] = [
    ...prefix,
    ...cleanDescriptors(connectionFd),
    program,
    ...passtArgs(nic, files.pidFile),
  ];
  const log = openSync(files.log, 'w', 0o600);
  let child;
  let socket: Socket | undefined;
  try {
    socket = await connectFor(start.path);
    const stdio = ['ignore', log, log, socket] as const;
    child = spawn(command, args, { cwd: '/', detached: true, env: ctx.env, stdio: [...stdio] });
  } finally {
    // passt has a copy of the connection: closing ours ends nothing.
    socket?.destroy();
    closeSync(log);
  }
  let exit: string | undefined;
  child.once('error', (error) => (exit = error.message));
  child.once('exit', (code, signal) => (exit = code === null ? String(signal) : `exit ${code}`));
  child.unref();
  const deadline = performance.now() + startLimitMs;
  while (exit === undefined && performance.now() < deadline) {
    const pid = pidIn(files.pidFile);
    const identity = pid === undefined ? undefined : identify(pid);
    if (identity) return identity;
    await sleep(10);
  }
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (exit === undefined && identity) signalProcess(identity, 'SIGKILL');
  const reason = lastLines(files.log, 5).join(' ') || (exit ?? 'passt did not start in time');
  throw failure('network/service-failed', { name: nic.id, reason });
};

export interface PasstNics {
  /**
   * Resolves when every NIC of the machine that wants passt has one, now and from here on. `isFresh`: the machine was
   * just launched, so that a passt that is there serves its former run and is about to end.
   */
  readonly serve: (machine: Machine, isFresh: boolean) => Promise<void>;
  /** Stops looking; the processes go on. */
  readonly dispose: () => void;
}

/** `program`: path of passt; absent: not installed. */
export const createPasstNics = (ctx: DriverContext, program: string | undefined): PasstNics => {
  const timers = new Map<Machine, NodeJS.Timeout>();

  const startFor = async (machine: Machine, nic: Nic, path: string): Promise<ProcessIdentity> => {
    if (program === undefined) {
      const need = 'the NAT that this machine asks for';
      throw failure('network/service-missing', { program: 'passt', need });
    }
    const start = { machine, nic, path, program };
    try {
      return await startOnce(ctx, { ...start, hasScope: true });
    } catch (error) {
      // Where the user's systemd makes no scope, passt runs beside us as QEMU does.
      if (scopePrefix(ctx.env, machine.id, '').length === 0) throw error;
      return startOnce(ctx, { ...start, hasScope: false });
    }
  };

  const wantedBy = (machine: Machine): readonly (readonly [Nic, string])[] =>
    machine.record.definition.config.nics.flatMap((nic) => {
      const plug = machine.record.plugs?.[nic.id];
      return plug?.kind === 'passt' ? [[nic, plug.path] as const] : [];
    });

  const ensure = async (machine: Machine, isFresh = false): Promise<void> => {
    for (const [nic, path] of wantedBy(machine)) {
      const known = findRunning(filesFor(machine, nic.id));
      if (known && isFresh) {
        signalProcess(known, 'SIGKILL');
        await waitForEnd(known, startLimitMs);
      }
      if (!known || !isAlive(known)) await startFor(machine, nic, path);
    }
  };

  /** A passt that died is started again, less and less often if that does not help. */
  const watch = (machine: Machine, pauseMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(machine);
      if (!machine.isLive || !isAlive(machine.identity)) return;
      ensure(machine).then(
        () => watch(machine, lookEveryMs),
        (error: unknown) => {
          ctx.log.warn('passt does not run', { vm: machine.id, error: String(error) });
          if (machine.isLive) watch(machine, Math.min(pauseMs * 2, longestPauseMs));
        },
      );
    }, pauseMs);
    timer.unref();
    timers.set(machine, timer);
  };

  return {
    serve: async (machine, isFresh) => {
      if (wantedBy(machine).length === 0) return;
      await ensure(machine, isFresh);
      watch(machine, lookEveryMs);
    },
    dispose: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
};
