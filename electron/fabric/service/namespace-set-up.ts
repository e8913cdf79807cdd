// Makes the namespace of a NAT network: a process that holds it, its interfaces and switches, the way out, the program
// that joins it to the switch. Everything runs without privilege and ends with this process.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { failure } from '../../../shared/contract/errors.ts';
import type { NetworkId } from '../../../shared/model/networks.ts';
import type { Logger } from '../../log/logger.ts';
import { createExec, type Exec } from '../../process/exec.ts';
import { namespacePrograms, type ServiceSpec } from '../protocol.ts';
import { addressInPrefix, gatewayMac, outerNetwork6, toSubnet } from './addresses.ts';
import type { Child, Children } from './children.ts';
import { requirePrograms, waitWhileRunning } from './common.ts';
import type { ServiceFolder } from './folder.ts';
import program from './inside.py?raw';
import { inner, outer } from './nft.ts';
import { slirp4netnsArgs } from './slirp4netns.ts';

export interface Namespace {
  /** argv prefix that runs a program in it. */
  readonly enter: readonly string[];
  /** Runs a program in it to its end. */
  readonly run: (argv: readonly string[], input?: string) => Promise<void>;
  /** What has to keep running; when one ends the network is broken. */
  readonly vital: readonly Child[];
  /** Carries frames and TCP forwards: connections are passed to it with the address and port they go to. */
  readonly inside: Child;
  readonly apiSocket: string;
  /** The switch connects here. */
  readonly streamSocket: string;
}

const doesExist = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false }) !== undefined;

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Becomes `sleep` only after the namespaces were made and its user mapped. */
const startHolder = async (children: Children, unshare: string): Promise<Child> => {
  const holder = children.start({
    name: 'unshare',
    enter: [unshare, '--user', '--map-root-user', '--net', '--'],
    argv: ['sleep', 'infinity'],
  });
  try {
    await waitWhileRunning(holder, () => commandOf(holder.pid) === 'sleep');
    return holder;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('network/namespace-denied', { reason }, { cause: error });
  }
};

/** Commands for `ip -batch -`. */
export const interfaceCommands = (
  { ipv4, ipv6 }: Pick<ServiceSpec, 'ipv4' | 'ipv6'>,
  id: NetworkId,
): string => {
  const length = toSubnet(ipv4.subnet).prefixLength;
  return [
    'link set dev lo up',
    `tuntap add dev ${inner} mode tap`,
    `link set dev ${inner} address ${gatewayMac(id)}`,
    `address add ${ipv4.gateway}/${length} broadcast + dev ${inner}`,
    // nodad: nobody else is there yet, and dnsmasq has to listen on it at once.
    ...(ipv6 ? [`address add ${addressInPrefix(ipv6.prefix, 1)}/64 dev ${inner} nodad`] : []),
    '',
  ].join('\n');
};

const startInside = async (
  children: Children,
  what: { readonly enter: readonly string[]; readonly python: string },
  paths: { readonly program: string; readonly stream: string },
): Promise<Child> => {
  writeFileSync(paths.program, program, { mode: 0o600 });
  const started = children.start({
    name: 'inside',
    enter: what.enter,
    // -I: neither the environment nor a folder says what it imports.
    argv: [what.python, '-I', paths.program, inner, paths.stream],
    hasChannel: true,
  });
  await waitWhileRunning(started, () => doesExist(paths.stream));
  return started;
};

/** slirp advertises its IPv6 network, but who forwards takes no advertisements. */
export const outerCommands = `address add ${outerNetwork6.own}/64 dev ${outer} nodad
route add default via ${outerNetwork6.host} dev ${outer}
`;

const switchesOn = (hasIpv6: boolean): readonly string[] => [
  '/proc/sys/net/ipv4/ip_forward',
  ...(hasIpv6 ? ['/proc/sys/net/ipv6/conf/all/forwarding'] : []),
];

const startSlirp = async (
  children: Children,
  argv: readonly string[],
  apiSocket: string,
): Promise<Child> => {
  const slirp = children.start({ name: 'slirp4netns', argv, hasReport: true });
  let isReady = false;
  slirp.report?.once('data', () => {
    isReady = true;
  });
  await waitWhileRunning(slirp, () => isReady && doesExist(apiSocket));
  return slirp;
};

/** Rejects with `network/service-missing`, `network/namespace-denied`, or an error of the step that failed. */
export const setUpNamespace = async (
  spec: ServiceSpec,
  id: NetworkId,
  folder: ServiceFolder,
  children: Children,
  log: Logger,
): Promise<Namespace> => {
  const programs = requirePrograms(spec, namespacePrograms);
  const exec: Exec = createExec(log);
  const [apiSocket, streamSocket] = [folder.file('api'), folder.file('gw')];
  const holder = await startHolder(children, programs.unshare);
  const entering = ['--preserve-credentials', '--user', '--net', '--target', String(holder.pid)];
  const run: Namespace['run'] = async (argv, input = '') => {
    const options = { timeoutMs: 30_000, input, isTied: true };
    await exec(programs.nsenter, [...entering, '--', ...argv], options);
  };
  const enter = [programs.nsenter, ...entering, '--'];
  await run([programs.ip, '-batch', '-'], interfaceCommands(spec, id));
  for (const path of switchesOn(spec.ipv6 !== undefined)) await run(['tee', path], '1\n');
  const slirpArgs = slirp4netnsArgs(spec, holder.pid, apiSocket);
  const slirp = await startSlirp(children, [programs.slirp4netns, ...slirpArgs], apiSocket);
  if (spec.ipv6) await run([programs.ip, '-6', '-batch', '-'], outerCommands);
  const paths = { program: folder.file('inside.py'), stream: streamSocket };
  const inside = await startInside(children, { enter, python: programs.python3 }, paths);
  await run([programs.ip, 'link', 'set', 'dev', inner, 'up']);
  return { enter, run, vital: [holder, slirp, inside], inside, apiSocket, streamSocket };
};
