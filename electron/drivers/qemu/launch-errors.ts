// Turns what QEMU wrote before it gave up at start into the error a person can act on.
// Sample lines are QEMU 7.2's; an unknown text stays what it is, with `qemu/exited-at-start`.
import { failure, type AppFailure } from '../../../shared/contract/errors.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import { portHolder } from '../../process/host-ports.ts';
import { describeProcess } from '../../process/processes.ts';
import { holdersOf } from './processes.ts';

export interface ExitAtStart {
  readonly name: string;
  readonly exit: string;
  readonly stderr: string;
  readonly argv: readonly string[];
  readonly config: VmConfig;
}

/** Files of the configuration that could be meant by a block layer error. */
const mediaOf = (config: VmConfig): readonly string[] =>
  [
    ...config.disks.map((disk) => disk.path),
    ...config.cdDrives.map((drive) => drive.path),
    config.floppy?.path,
  ].filter((path) => path !== undefined);

export const holderText = (path: string): string => {
  const [pid] = holdersOf(path);
  return pid === undefined ? 'another program' : describeProcess(pid);
};

/** `Failed to get "write" lock` + `Is another process using the image [/abs/path]?` */
const lockProblem = (input: ExitAtStart): AppFailure | undefined => {
  if (!/Failed to get (shared )?"[a-z ]+" lock/.test(input.stderr)) return undefined;
  const named = /using the image \[(.+?)\]\?/.exec(input.stderr)?.[1];
  const path = named ?? mediaOf(input.config).find((file) => holdersOf(file).length > 0);
  if (path === undefined) return undefined;
  return failure('medium/in-use', { path, by: holderText(path) });
};

/** `Could not set up host forwarding rule 'tcp:127.0.0.1:8080-:80'` */
const portProblem = (input: ExitAtStart): AppFailure | undefined => {
  const match = /host forwarding rule '(tcp|udp):([^:]*):(\d+)-/.exec(input.stderr);
  if (!match) return undefined;
  const protocol = match[1] === 'udp' ? 'udp' : 'tcp';
  const port = Number(match[3]);
  const by = portHolder(protocol, match[2] ?? '', port) ?? 'another program';
  return failure('network/port-taken', { protocol, port, by });
};

/** `Could not access KVM kernel module: Permission denied` */
const kvmProblem = (input: ExitAtStart): AppFailure | undefined =>
  /KVM kernel module: Permission denied/.test(input.stderr)
    ? failure('kvm/no-permission', { device: '/dev/kvm' })
    : undefined;

export const startFailure = (input: ExitAtStart): AppFailure => {
  const { name, exit, stderr, argv } = input;
  const known = lockProblem(input) ?? portProblem(input) ?? kvmProblem(input);
  const command = { argv, exit, stderrTail: stderr.slice(-4096) };
  if (known) {
    const params = known.error.params as never;
    return failure(known.error.code, params, { command });
  }
  return failure('qemu/exited-at-start', { name, exit, stderr: stderr.slice(-2000) }, { command });
};
