// Does this computer still reach what it reached, after its network card went into a bridge? A few short questions.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Connectivity } from '../../shared/model/network-plan.ts';
import type { Env } from '../paths.ts';
import type { Exec } from '../process/exec.ts';

type Result = Connectivity['checks'][number]['result'];

export interface ConnectivityDeps {
  readonly exec: Exec;
  readonly env: Env;
  /** Instead of `/`: tests. */
  readonly root?: string;
  /** Resolves when a name server answered, whatever it said; rejects otherwise. */
  readonly askNameServer?: () => Promise<void>;
}

const limitMs = 3000;
/** A router that is there answers for its address at once; a slow one within this. */
const answerMs = 1200;

const routesSchema = z.array(z.looseObject({ gateway: z.string().optional() }));
const neighboursSchema = z.array(
  z.looseObject({ lladdr: z.string().optional(), state: z.array(z.string()).optional() }),
);

const jsonOf = (text: string): unknown => JSON.parse(text === '' ? '[]' : text);

/** Sends a datagram nobody reads, so that the kernel asks who has the address. */
const knock = (address: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.on('error', () => undefined);
    socket.send('', 9, address, () => socket.close(() => resolve()));
  });

/** A name server's "there is no such name" is an answer; a stub's SERVFAIL says that it reached nobody. */
const askAnyNameServer = async (): Promise<void> => {
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  try {
    await resolver.resolveNs('.');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['ENOTFOUND', 'ENODATA', 'EFORMERR', 'EREFUSED', 'ENOTIMP'].includes(code)) throw error;
  }
};

/** A missing program is `undefined`: nobody knows. */
const pings = (exec: Exec, address: string): Promise<boolean | undefined> =>
  exec('ping', ['-c', '1', '-W', '1', '-n', address], {
    timeoutMs: limitMs,
    okExitCodes: [0, 1],
  }).then(
    ({ exitCode }) => exitCode === 0,
    () => undefined,
  );

const router = async ({ exec }: ConnectivityDeps): Promise<Result> => {
  const { stdout } = await exec('ip', ['-j', 'route', 'show', 'default'], { timeoutMs: limitMs });
  const gateway = routesSchema.parse(jsonOf(stdout)).find((row) => row.gateway)?.gateway;
  if (gateway === undefined) return 'unknown';
  await knock(gateway);
  if (await pings(exec, gateway)) return 'yes';
  await delay(answerMs);
  const around = await exec('ip', ['-j', 'neigh', 'show', 'to', gateway], { timeoutMs: limitMs });
  const rows = neighboursSchema.parse(jsonOf(around.stdout));
  // Many routers do not answer pings; one that tells its MAC address is there. What is only remembered says nothing.
  const known = rows
    .filter(({ lladdr }) => lladdr !== undefined)
    .flatMap(({ state }) => state ?? []);
  if (known.some((state) => state === 'REACHABLE' || state === 'PERMANENT')) return 'yes';
  return known.some((state) => state === 'STALE' || state === 'DELAY' || state === 'PROBE')
    ? 'unknown'
    : 'no';
};

/** SSH_CONNECTION: client's address and port, this computer's address and port; undefined: there is no session. */
const ssh = async ({ exec, env }: ConnectivityDeps): Promise<Result | undefined> => {
  const [client = '', , server = ''] = (env['SSH_CONNECTION'] ?? '').split(' ');
  if (server === '') return undefined;
  const mine = Object.values(networkInterfaces()).flatMap((rows) => rows ?? []);
  if (!mine.some((row) => row.address === server)) return 'no';
  return (await pings(exec, client)) ? 'yes' : 'unknown';
};

const carrier = async ({ root = '/' }: ConnectivityDeps, bridge: string): Promise<Result> => {
  const text = await readFile(join(root, 'sys/class/net', bridge, 'carrier'), 'utf8');
  return text.trim() === '1' ? 'yes' : 'no';
};

const orUnknown = <T>(answer: Promise<T>): Promise<T | 'unknown'> =>
  answer.catch(() => 'unknown' as const);

/** `bridge`: where the addresses of the network card are now. Takes up to 3 s; never rejects. */
export const lookAtConnectivity = async (
  deps: ConnectivityDeps,
  bridge: string,
): Promise<Connectivity> => {
  const ask = deps.askNameServer ?? askAnyNameServer;
  const [a, b, c, d] = await Promise.all([
    orUnknown(carrier(deps, bridge)),
    orUnknown(router(deps)),
    ask().then(
      (): Result => 'yes',
      (): Result => 'no',
    ),
    orUnknown(ssh(deps)),
  ]);
  return {
    checks: [
      { id: 'carrier', result: a },
      { id: 'router', result: b },
      { id: 'names', result: c },
      ...(d === undefined ? [] : [{ id: 'ssh' as const, result: d }]),
    ],
  };
};
