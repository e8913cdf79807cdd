import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import type { Exec } from '../process/exec.ts';
import { lookAtConnectivity, type ConnectivityDeps } from './connectivity.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cn-'));
  mkdirSync(join(root, 'sys/class/net/pvbr0'), { recursive: true });
  writeFileSync(join(root, 'sys/class/net/pvbr0/carrier'), '1\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface World {
  readonly routes?: string;
  readonly neighbours?: string;
  readonly ping?: 0 | 1 | 'missing';
}
const route = '[{"dst":"default","gateway":"127.0.0.9","dev":"pvbr0"}]';

const execOf =
  ({ routes = route, neighbours = '[]', ping = 1 }: World): Exec =>
  (file, args) => {
    if (file === 'ping') {
      if (ping === 'missing')
        return Promise.reject(failure('process/not-found', { command: file }));
      return Promise.resolve({ stdout: '', stderr: '', exitCode: ping, durationMs: 0 });
    }
    const stdout = args.includes('neigh') ? neighbours : routes;
    return Promise.resolve({ stdout, stderr: '', exitCode: 0, durationMs: 0 });
  };
const look = async (
  world: World,
  more: Partial<ConnectivityDeps> = {},
): Promise<Readonly<Record<string, string>>> => {
  const askNameServer = (): Promise<void> => Promise.resolve();
  const deps = { exec: execOf(world), env: {}, root, askNameServer, ...more };
  const { checks } = await lookAtConnectivity(deps, 'pvbr0');
  return Object.fromEntries(checks.map(({ id, result }) => [id, result]));
};

describe('connectivity', () => {
  it('is whole when the wire is there, the router answers and names resolve', async () => {
    expect(await look({ ping: 0 })).toEqual({
      carrier: 'yes',
      router: 'yes',
      names: 'yes',
    });
  });

  it('counts a router that answers no pings but tells its MAC address', async () => {
    const there = '[{"dst":"127.0.0.9","lladdr":"52:54:00:00:00:01","state":["REACHABLE"]}]';
    const dead = '[{"dst":"127.0.0.9","state":["FAILED"]}]';
    expect(await look({ neighbours: there, ping: 'missing' })).toMatchObject({ router: 'yes' });
    expect(await look({ neighbours: dead })).toMatchObject({ router: 'no' });
    const remembered = there.replace('REACHABLE', 'DELAY');
    expect(await look({ neighbours: remembered })).toMatchObject({ router: 'unknown' });
  });

  it('tells what is lost, and keeps apart what nobody knows', async () => {
    writeFileSync(join(root, 'sys/class/net/pvbr0/carrier'), '0\n');
    const askNameServer = (): Promise<void> => Promise.reject(new Error('queryNs ETIMEOUT .'));
    expect(await look({ routes: '' }, { askNameServer })).toEqual({
      carrier: 'no',
      router: 'unknown',
      names: 'no',
    });
    rmSync(join(root, 'sys'), { recursive: true });
    expect(await look({ ping: 0 })).toMatchObject({ carrier: 'unknown' });
  });

  it('sees that an SSH session lost the address it came to', async () => {
    const env = (server: string) => ({ env: { SSH_CONNECTION: `127.0.0.2 5555 ${server} 22` } });
    expect(await look({ ping: 0 }, env('203.0.113.77'))).toMatchObject({ ssh: 'no' });
    expect(await look({ ping: 0 }, env('127.0.0.1'))).toMatchObject({ ssh: 'yes' });
    expect(await look({}, env('127.0.0.1'))).toMatchObject({ ssh: 'unknown' });
  });
});
