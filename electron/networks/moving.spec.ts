// Moves of ports whose switch does not take them, and moves that a former manager left half done.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import { toEngineId } from '../../shared/model/brand.ts';
import type { Nic } from '../../shared/model/network.ts';
import { toNetworkId, type Network } from '../../shared/model/networks.ts';
import { text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { silentLogger } from '../log/logger.ts';
import type { FabricPort } from '../fabric/protocol.ts';
import { machine, natNetwork, nic, vmId } from './__fixtures__/networks.ts';
import { createMoving, type Moving, type MovingDeps } from './moving.ts';

const [lab, dmz] = [toNetworkId('lab'), toNetworkId('dmz')];
const id = vmId(1);
const at = (network: string): Nic => nic({ kind: 'natNetwork', network });
const networks: readonly Network[] = [natNetwork(), natNetwork({ id: dmz, name: 'DMZ' })];

let folder: string;
let power: 'running' | 'off';
let definition: VmDefinition;
let port: FabricPort | undefined;
/** What was done, in order. */
let done: string[];
let takesPorts: boolean;
const file = (): string => join(folder, 'moves.json');
const begun = (): boolean => existsSync(file()) && readFileSync(file(), 'utf8').includes(id);

const moving = (): Moving => {
  const vm = (): object => ({ definition, power });
  const deps = {
    stateDir: folder,
    book: { get: (wanted: string) => networks.find((each) => each.id === wanted) },
    planner: {
      backendOf: () => ({ driver: definition.driver, engine: toEngineId('tcg') }),
      plan: (_vm: string, { attachment }: Nic) => {
        const network = 'network' in attachment ? String(attachment.network) : '';
        const sentence = text('network.step.portStream', { network });
        const step = { kind: 'port', privilege: 'none', network, plug: 'stream', text: sentence };
        return Promise.resolve({ kind: 'plan', steps: [step], limits: [] });
      },
    },
    runtime: {
      portsOf: () => (port ? [port] : []),
      ensure: ({ id: network }: Network) => Promise.resolve(void done.push(`up ${network}`)),
      ensurePort: (next: FabricPort) => {
        done.push(`port ${next.network}`);
        if (!takesPorts) return Promise.reject(failure('network/fabric-lost', { reason: 'Gone.' }));
        port = next;
        return Promise.resolve({});
      },
      removePort: () => Promise.resolve(),
      stopIfIdle: (network: string) => Promise.resolve(void done.push(`idle ${network}`)),
    },
    store: { getState: () => ({ vms: { [id]: vm() } }) },
    supervisor: {
      current: () => ({
        session: {
          live: {
            setCable: (_vm: string, _nic: string, isConnected: boolean) => {
              done.push(`${isConnected ? 'in' : 'out'}${begun() ? '' : ', not written down'}`);
              return Promise.resolve();
            },
          },
        },
      }),
    },
    machines: () => [definition],
    changeDefinition: (after: VmDefinition) => {
      definition = after;
      return Promise.resolve();
    },
    log: silentLogger,
    cableOutMs: 1,
  };
  return createMoving(deps as unknown as MovingDeps);
};
const move = (after: Nic): Promise<boolean> =>
  moving().move({ definition, power } as Parameters<Moving['move']>[0], after);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mv-'));
  power = 'running';
  takesPorts = true;
  done = [];
  definition = machine(id, 'A', [at(dmz)]);
  const { mac } = at(lab);
  const endpoint = { kind: 'stream', path: '/r/p' } as const;
  port = { network: lab, vm: id, nic: 'nic0', mac, endpoint, isCableConnected: true };
});
afterEach(() => rmSync(folder, { recursive: true }));

it('the network is up before the cable is out, and the former one stops after', async () => {
  expect(await move(at(dmz))).toBe(true);
  expect(done).toEqual(['up dmz', 'out', 'port dmz', 'in', 'idle lab', 'idle dmz']);
  expect(begun()).toBe(false);
});

it('a port that the switch does not take stays, with its cable', async () => {
  takesPorts = false;
  await expect(move(at(dmz))).rejects.toMatchObject({ error: { code: 'network/fabric-lost' } });
  expect(done).toEqual(['up dmz', 'out', 'port dmz', 'in', 'idle lab', 'idle dmz']);
  expect(port?.network).toBe(lab);
  expect(begun()).toBe(false);
});

it('another limit leaves the cable alone, a pulled one stays out', async () => {
  expect(await move({ ...at(lab), bandwidthKbps: 1000 })).toBe(true);
  expect(done.filter((what) => /^(in|out)/.test(what))).toEqual([]);
  expect(await move({ ...at(dmz), isCableConnected: false })).toBe(true);
  expect(done.filter((what) => /^(in|out)/.test(what))).toEqual(['out', 'out']);
});

it('a machine with another card than the running one waits', async () => {
  expect(await move({ ...at(dmz), mac: '52:54:00:00:00:77' })).toBe(false);
  port = undefined;
  expect(await move(at(dmz))).toBe(false);
  expect(done).toEqual([]);
});

const leftOver = (): void => {
  const moves = [{ vm: id, nic: 'nic0', isCableConnected: true }];
  writeFileSync(file(), JSON.stringify({ version: 1, moves }));
};

it('what was begun is completed by the next manager', async () => {
  leftOver();
  await moving().complete();
  expect(port?.network).toBe(dmz);
  expect(done.filter((what) => /^(in|out|port)/.test(what))).toEqual(['out', 'port dmz', 'in']);
  expect(begun()).toBe(false);
});

it('the cable of a machine that ended meanwhile is in again where its hypervisor kept it out', async () => {
  leftOver();
  power = 'off';
  definition = machine(id, 'A', [{ ...at(dmz), isCableConnected: false }]);
  await moving().complete();
  expect(definition.config.nics[0]?.isCableConnected).toBe(true);
  expect(begun()).toBe(false);
});

it('a damaged note disturbs nobody', async () => {
  writeFileSync(file(), '{ "version": 1, "moves": [5');
  await moving().complete();
  expect(done).toEqual([]);
});
