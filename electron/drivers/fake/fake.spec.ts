// The fake passes the suite of real drivers, and delivers the faults it is ordered.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { failure } from '../../../shared/contract/errors.ts';
import { testConfig } from '../../../shared/testing/definition.ts';
import { toDriverId, toEngineId, toEpochMs, toMiB, toVmId } from '../../../shared/model/brand.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import { silentLogger } from '../../log/logger.ts';
import { createExec } from '../../process/exec.ts';
import { describeDriver } from '../conformance.ts';
import type { DriverContext, DriverEvent } from '../types.ts';
import { createFakeDriver } from './index.ts';

const folder = '/nonexistent';
const context: DriverContext = {
  exec: createExec(silentLogger),
  log: silentLogger,
  paths: {
    config: folder,
    data: folder,
    state: folder,
    runtime: folder,
    cache: folder,
    resources: folder,
  },
  now: () => 0,
  env: {},
};
const define = (): VmDefinition => ({
  version: 1,
  id: toVmId(randomUUID()),
  name: 'Fake VM',
  driver: toDriverId('fake'),
  family: 'other',
  createdAt: toEpochMs(0),
  config: testConfig({ memory: toMiB(16), machineType: 'pc' }),
});

describeDriver('fake', async () => ({
  driver: createFakeDriver(),
  context,
  folder,
  engine: toEngineId('tcg'),
  define,
  dispose: async () => undefined,
}));

it('delivers ordered faults', async () => {
  const driver = createFakeDriver();
  const events: DriverEvent[] = [];
  const probe = await driver.probe(context);
  if (probe.kind !== 'found') throw new Error('not found');
  const session = await driver.connect(
    probe,
    await driver.capabilities(probe, context),
    context,
    (event) => events.push(event),
  );
  const definition = define();
  const ctx = { signal: new AbortController().signal, progress: () => undefined };
  driver.orders.failStart = failure('persist/disk-full', { path: '/x' });
  const engine = toEngineId('tcg');
  await expect(session.start(definition, { engine }, ctx)).rejects.toMatchObject({
    error: { code: 'persist/disk-full' },
  });
  expect(driver.powerOf(definition.id)).toBe('off');
  await session.start(definition, { engine }, ctx);
  driver.crash(definition.id);
  expect(events.at(-1)).toMatchObject({ power: 'crashed', error: { code: 'vm/crashed' } });
  await session.start(definition, { engine }, ctx);
  driver.guestOff(definition.id);
  expect(events.at(-1)).toMatchObject({ power: 'off', cause: 'guest' });
});
