// Machines changed while they run or are saved, made twice under one name, and not made because it was cancelled.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toMiB } from '../../../../shared/model/brand.ts';
import { silentLogger } from '../../../log/logger.ts';
import { realVirtualBox, type RealVirtualBox } from '../__fixtures__/real.ts';
import { readMachine, waitForLock } from '../launch.ts';
import { parseVmList } from '../parse-list.ts';
import { createVBoxApi } from '../vbox-api.ts';
import { startWebService, type WebService } from '../web-service.ts';
import {
  definitionWith,
  launchInSoftware,
  noProgress,
  powerOff,
  realMachines,
  type RealMachines,
} from './__fixtures__/machine.ts';
import { createInventory } from './inventory.ts';

let real: RealVirtualBox;
let machines: RealMachines;
let service: WebService | undefined;
beforeAll(async () => {
  real = await realVirtualBox();
  machines = realMachines(real);
});
afterAll(async () => {
  await service?.stop();
  await real?.dispose();
});

const ids = async (): Promise<readonly string[]> =>
  parseVmList(await real.manage.read(['list', 'vms'])).map((row) => row.id);
const notChangeable = (setting: string): object => ({
  error: { code: 'vm/not-changeable-live', params: { setting } },
});

it('writes notes while the machine runs, but only by the web service', async () => {
  const definition = definitionWith();
  const { id } = definition;
  await createInventory(machines).create(definition, machines.folder(id), noProgress);
  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  const before = await machines.read(id);
  const noted = { ...before, notes: 'a <b> & "c"\nü' };
  await expect(createInventory(machines).edit(before, noted)).rejects.toMatchObject(
    notChangeable('The notes'),
  );
  const { manage, env, probe } = real;
  const path = probe.paths['webService'] ?? '';
  service = await startWebService({ manage, env, path, log: silentLogger });
  const api = createVBoxApi(service);
  const inventory = createInventory({ ...machines, api: () => api });
  await expect(inventory.edit(before, { ...noted, name: 'other' })).rejects.toMatchObject(
    notChangeable('The name'),
  );
  expect(await machines.read(id)).toEqual(before);
  await inventory.edit(before, noted);
  expect(await machines.read(id)).toEqual(noted);
  await inventory.edit(noted, before);
  expect(await machines.read(id)).toEqual(before);

  await manage.change(['controlvm', id, 'savestate']);
  await waitForLock(manage, id);
  const renamed = { ...noted, name: 'saved ü' };
  await inventory.edit(before, renamed);
  expect(await machines.read(id)).toEqual(renamed);
  const larger = { ...renamed, config: { ...renamed.config, memory: toMiB(128) } };
  await expect(inventory.edit(renamed, larger)).rejects.toMatchObject(notChangeable('Memory'));
  expect((await readMachine(manage, id)).state).toBe('saved');
  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  await powerOff(real, id);
});

it('makes two machines of one name', async () => {
  const [one, two] = [definitionWith({}, { name: 'twin' }), definitionWith({}, { name: 'twin' })];
  for (const definition of [one, two]) {
    await createInventory(machines).create(definition, machines.folder(definition.id), noProgress);
  }
  expect(await machines.read(one.id)).toMatchObject({ name: 'twin' });
  expect(await machines.read(two.id)).toMatchObject({ name: 'twin' });
});

it('leaves nothing of a machine whose making was cancelled', async () => {
  const before = await ids();
  for (const afterMs of [0, 60, 150]) {
    const definition = definitionWith({}, { name: `cancelled ${afterMs}` });
    const folder = machines.folder(definition.id);
    const context = { ...noProgress, signal: AbortSignal.timeout(afterMs) };
    await createInventory(machines)
      .create(definition, folder, context)
      .then(
        // It was faster than the signal.
        () => real.manage.change(['unregistervm', definition.id, '--delete']),
        (error: unknown) => {
          expect(error).toMatchObject({ error: { code: 'job/cancelled' } });
        },
      );
    expect(await ids()).toEqual(before);
    expect(readdirSync(folder)).toEqual([]);
  }
});
