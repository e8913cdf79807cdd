// What this computer offers for NAT networks: the programs, user namespaces, /dev/net/tun. Looked at by doing it, since
// switches of the kernel, AppArmor and containers all forbid it in ways of their own.
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { failure, isFailure, type AppError } from '../../shared/contract/errors.ts';
import type { ServiceWay } from '../../shared/model/networks.ts';
import { namespacePrograms } from '../fabric/protocol.ts';
import type { Exec } from '../process/exec.ts';

/** Name in `ServiceSpec.programs`, and the file's name. */
const files = {
  qemu: 'qemu-system-x86_64',
  unshare: 'unshare',
  nsenter: 'nsenter',
  ip: 'ip',
  nft: 'nft',
  dnsmasq: 'dnsmasq',
  slirp4netns: 'slirp4netns',
  passt: 'passt',
  python3: 'python3',
} as const;
export type ToolName = keyof typeof files;

export type Facility =
  { readonly isUsable: true } | { readonly isUsable: false; readonly problem: AppError };

export interface NetworkTools {
  /** Absolute paths of what was found; a `ServiceSpec` takes them as they are. */
  readonly programs: Readonly<Partial<Record<ToolName, string>>>;
  /** A user namespace with a network of its own can be made, and address translation set up in it. */
  readonly namespaces: Facility;
  /** Taps can be made where one has the rights to (in a user namespace everybody has). */
  readonly tun: Facility;
  /** Ports of this computer below it need administrator rights. */
  readonly lowestPort: number;
}

const needs: Readonly<Record<ToolName, string>> = {
  qemu: 'the way between machines and a NAT network',
  unshare: 'NAT networks with reservations and names',
  nsenter: 'NAT networks with reservations and names',
  ip: 'NAT networks with reservations and names',
  nft: 'NAT networks with reservations and names',
  dnsmasq: 'addresses and names in a NAT network',
  slirp4netns: 'the way out of a NAT network',
  passt: 'NAT with passt',
  python3: 'NAT networks with reservations and names',
};
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin'];

export interface HostLook {
  readonly exec: Exec;
  /** Folders to look for programs in. Absent: PATH and the system's. */
  readonly folders?: readonly string[];
  /** Absent: `/dev/net/tun`. */
  readonly tunPath?: string;
  /** Absent: the file's text, undefined where it cannot be read. */
  readonly read?: (path: string) => string | undefined;
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
};

const findProgram = (name: string, folders: readonly string[]): string | undefined =>
  folders
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** The path, the value that forbids, and the sentence that says so. */
const namespaceSwitches = [
  [
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'AppArmor keeps programs without a profile from making user namespaces.',
  ],
  [
    '/proc/sys/kernel/unprivileged_userns_clone',
    '0',
    'The kernel switch unprivileged_userns_clone is off.',
  ],
  ['/proc/sys/user/max_user_namespaces', '0', 'The kernel allows no user namespace at all.'],
] as const;

/** Why user namespaces are denied, from the switches that are known to deny them, else from the program's words. */
export const denialReason = (
  read: (path: string) => string | undefined,
  programSaid: string,
): string => {
  const known = namespaceSwitches.find(([path, forbids]) => read(path) === forbids)?.[2];
  if (known !== undefined) return known;
  const words = programSaid.trim().split('\n').at(-1) ?? '';
  return words === '' ? 'The system did not say why.' : `The system said: ${words}`;
};

const usable: Facility = { isUsable: true };
const unusable = (problem: AppError): Facility => ({ isUsable: false, problem });

/** In the probe's own namespace only, which is gone with it. */
const natProbe = `table ip probe {
  chain post {
    type nat hook postrouting priority 100; policy accept;
    oifname "none" masquerade
  }
}
`;

const saidOf = (error: unknown): string =>
  isFailure(error)
    ? (error.error.command?.stderrTail ?? error.error.cause ?? error.message)
    : String(error);

const probeNamespaces = async (
  programs: NetworkTools['programs'],
  { exec, read = readText }: HostLook,
): Promise<Facility> => {
  const { unshare, nft } = programs;
  const missing = (program: ToolName): Facility =>
    unusable(failure('network/service-missing', { program, need: needs[program] }).error);
  if (unshare === undefined) return missing('unshare');
  const isolated = ['--user', '--map-root-user', '--net', '--'];
  try {
    await exec(unshare, [...isolated, 'true'], { timeoutMs: 10_000, isTied: true });
  } catch (error) {
    const reason = denialReason(read, saidOf(error));
    return unusable(failure('network/namespace-denied', { reason }, { cause: error }).error);
  }
  if (nft === undefined) return missing('nft');
  try {
    const options = { timeoutMs: 10_000, input: natProbe, isTied: true };
    await exec(unshare, [...isolated, nft, '-f', '-'], options);
    return usable;
  } catch (error) {
    const reason = `User namespaces are allowed, but not address translation in them. nft said: ${saidOf(error)}`;
    return unusable(failure('network/namespace-denied', { reason }, { cause: error }).error);
  }
};

/** Opening makes no interface; a missing kernel module shows only here. */
const probeTun = (path: string): Facility => {
  try {
    closeSync(openSync(path, constants.O_RDWR));
    return usable;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const why =
      code === 'EACCES' || code === 'EPERM'
        ? `You may not open ${path}.`
        : `${path} cannot be opened (${code}).`;
    return unusable(failure('network/namespace-denied', { reason: why }, { cause: error }).error);
  }
};

/** Takes up to a few hundred milliseconds; changes nothing. Never rejects. */
export const lookForNetworkTools = async (look: HostLook): Promise<NetworkTools> => {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  const folders = look.folders ?? [...path, ...systemFolders];
  const programs = Object.fromEntries(
    Object.entries(files).flatMap(([name, file]) => {
      const found = findProgram(file, folders);
      return found === undefined ? [] : [[name, found]];
    }),
  ) as NetworkTools['programs'];
  const lowest = (look.read ?? readText)('/proc/sys/net/ipv4/ip_unprivileged_port_start');
  return {
    programs,
    namespaces: await probeNamespaces(programs, look),
    tun: probeTun(look.tunPath ?? '/dev/net/tun'),
    lowestPort: lowest === undefined ? 1024 : Number(lowest),
  };
};

/** How the service end of a NAT network can run here; `because`: why not with everything. */
export type WayHere =
  | { readonly way: ServiceWay; readonly because?: AppError }
  | { readonly way: undefined; readonly because: AppError };

export const serviceWayHere = (tools: NetworkTools): WayHere => {
  const problemOf = (name: ToolName): AppError | undefined =>
    tools.programs[name] === undefined
      ? failure('network/service-missing', { program: files[name], need: needs[name] }).error
      : undefined;
  const withoutQemu = problemOf('qemu');
  if (withoutQemu) return { way: undefined, because: withoutQemu };
  const obstacles = [
    tools.namespaces.isUsable ? undefined : tools.namespaces.problem,
    tools.tun.isUsable ? undefined : tools.tun.problem,
    ...namespacePrograms.map(problemOf),
  ];
  const because = obstacles.find((problem) => problem !== undefined);
  return because ? { way: 'gateway', because } : { way: 'namespace' };
};
