// What a start does with plans that cannot be carried out as they are, and with what fails in the middle.
import { expect, it } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import { toEngineId } from '../../shared/model/brand.ts';
import type { NetworkPlan, PlanStep } from '../../shared/model/network-plan.ts';
import { text } from '../../shared/model/text.ts';
import type { DriverSession } from '../drivers/types.ts';
import { machine, natNetwork, nic, vmId } from './__fixtures__/networks.ts';
import { planned, refused } from './plan-parts.ts';
import { createPlugs, type Plugs } from './plugs.ts';

const id = vmId(1);
const lab = natNetwork();
const sentence = text('network.step.switch', { network: lab.name });
const privileged = (request: object): PlanStep =>
  ({
    ...{ kind: 'privileged', privilege: 'authorisation', request },
    ...{ command: ['true'], text: sentence },
  }) as PlanStep;
const onSwitch: readonly PlanStep[] = [
  { kind: 'switch', privilege: 'none', network: lab.id, text: sentence },
  { kind: 'port', privilege: 'none', network: lab.id, plug: 'datagram', text: sentence },
];

const world = (
  plan: NetworkPlan,
  cannot: string = '',
): { readonly prepare: () => ReturnType<Plugs['prepare']>; readonly done: string[] } => {
  const done: string[] = [];
  const note = (what: string): Promise<object> => {
    done.push(what);
    return what === cannot
      ? Promise.reject(failure('network/fabric-lost', { reason: 'Gone.' }))
      : Promise.resolve({ switchPort: 4000 });
  };
  const deps = {
    runtimeDir: '/nowhere',
    runtime: {
      ensure: () => note('network'),
      ensurePort: () => note('port'),
      removePort: () => note('no port'),
      stopIfIdle: () => note('idle'),
    },
    planner: { plan: () => Promise.resolve(plan), networkName: () => lab.name },
    changes: { perform: () => note('authorised') },
    find: () => lab,
    machines: () => [],
  };
  const plugs = createPlugs(deps as unknown as Parameters<typeof createPlugs>[0]);
  const definition = machine(id, 'A', [nic({ kind: 'natNetwork', network: lab.id })]);
  const backend = { driver: definition.driver, engine: toEngineId('tcg') };
  return { prepare: () => plugs.prepare(definition, backend, {} as DriverSession), done };
};
const codeOf = (error: unknown): unknown => (error as { error?: { code?: string } }).error?.code;

it('a network that has to be set up first is said, and nobody is asked for a password', async () => {
  for (const request of [
    { verb: 'bridge.create', bridge: 'pvb-lab' },
    { verb: 'uplink.attach', bridge: 'pvb-lab', uplink: 'eth0', rollbackSeconds: 60 },
  ]) {
    const { prepare, done } = world(planned([privileged(request)]));
    await expect(prepare()).rejects.toSatisfy((error) => codeOf(error) === 'network/set-up-needed');
    expect(done).toEqual([]);
  }
});

it('a tap is made with an authorisation, and what it is refused with is told', async () => {
  const tap = planned([
    privileged({ verb: 'tap.create', tap: 'pvt-1', bridge: 'pvb-lab' }),
    { kind: 'openTap', privilege: 'none', tap: 'pvt-1', text: sentence },
  ]);
  const good = world(tap);
  expect([...(await good.prepare())]).toEqual([['nic0', { kind: 'tap', name: 'pvt-1' }]]);
  expect(good.done).toEqual(['authorised']);
  await expect(world(tap, 'authorised').prepare()).rejects.toSatisfy(
    (error) => codeOf(error) === 'network/fabric-lost',
  );
});

it('a refused plan refuses the start with its reason and the other way', async () => {
  const { prepare } = world(refused('network.refused.uplinkGone', { uplink: 'eth9' }));
  await expect(prepare()).rejects.toMatchObject({
    error: {
      code: 'network/refused',
      params: { name: 'nic0', reason: expect.stringMatching(/eth9.*\. .*\.$/) as string },
    },
  });
});

it('what was made ready goes again when the rest cannot be', async () => {
  const { prepare, done } = world(planned(onSwitch), 'port');
  await expect(prepare()).rejects.toSatisfy((error) => codeOf(error) === 'network/fabric-lost');
  expect(done).toEqual(['network', 'no port', 'port', 'no port', 'idle']);
});
