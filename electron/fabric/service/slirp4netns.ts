// slirp4netns: its argv, and its API socket (one JSON request per connection) for live forwards.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceSpec } from '../protocol.ts';
import { outerNetwork } from './addresses.ts';
import { outer } from './nft.ts';

/**
 * Not with `--disable-host-loopback`: it loses the answers to datagrams that a forward brought from this computer. The
 * rules of nft.ts keep machines from this computer's loopback.
 */
export const slirp4netnsArgs = (
  spec: Pick<ServiceSpec, 'ipv4' | 'ipv6'>,
  holderPid: number,
  apiSocket: string,
): readonly string[] => [
  '--configure',
  '--mtu=65520',
  ...(spec.ipv6 ? ['--enable-ipv6'] : []),
  `--cidr=${outerNetwork(spec.ipv4.subnet).cidr}`,
  `--api-socket=${apiSocket}`,
  // Descriptor 3 gets a byte when the interface is configured.
  '--ready-fd=3',
  String(holderPid),
  outer,
];

const timeoutMs = 10_000;

const askOnce = (path: string, message: object): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path);
    socket.setEncoding('utf8').setTimeout(timeoutMs, () => {
      socket.destroy(new Error('slirp4netns does not answer'));
    });
    socket.on('connect', () => socket.end(JSON.stringify(message)));
    socket.on('data', (piece) => {
      text += String(piece);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      try {
        resolve(JSON.parse(text) as Record<string, unknown>);
      } catch {
        reject(new Error(`slirp4netns answered ${JSON.stringify(text)}`));
      }
    });
  });

/** It gives a connection up whose request does not come at once, as on a busy computer; it did nothing then. */
const request = async (path: string, message: object): Promise<Record<string, unknown>> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await askOnce(path, message);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if ((code !== 'ECONNRESET' && code !== 'EPIPE') || tries === 5) throw error;
      await sleep(100 * tries);
    }
  }
};

const errorOf = ({ error }: Record<string, unknown>): string | undefined =>
  error === undefined
    ? undefined
    : ((error as { desc?: string }).desc ?? JSON.stringify(error)).trim();

export interface OuterForward {
  readonly protocol: 'tcp' | 'udp';
  /** IPv4; `0.0.0.0` is every address. */
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly address: string;
  readonly port: number;
}

/** Resolves with what removes it again. Rejects with slirp4netns' words. */
export const addHostForward = async (path: string, forward: OuterForward): Promise<number> => {
  const answer = await request(path, {
    execute: 'add_hostfwd',
    arguments: {
      proto: forward.protocol,
      host_addr: forward.hostAddress,
      host_port: forward.hostPort,
      guest_addr: forward.address,
      guest_port: forward.port,
    },
  });
  const problem = errorOf(answer);
  if (problem !== undefined) throw new Error(problem);
  return (answer['return'] as { id: number }).id;
};

export const removeHostForward = async (path: string, id: number): Promise<void> => {
  const problem = errorOf(await request(path, { execute: 'remove_hostfwd', arguments: { id } }));
  if (problem !== undefined) throw new Error(problem);
};
