// A hundred registered machines: all are in the list after one look, and what happens to them later is told by
// VirtualBox itself, without a process for each.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toVmId } from '../../shared/model/brand.ts';
import { contextOf } from '../../electron/drivers/virtualbox/__fixtures__/context.ts';
import {
  realVirtualBox,
  type RealVirtualBox,
} from '../../electron/drivers/virtualbox/__fixtures__/real.ts';
import { createVirtualBoxDriver } from '../../electron/drivers/virtualbox/index.ts';
import type { DriverEvent, DriverSession } from '../../electron/drivers/types.ts';

const count = 100;
const patient = { timeout: 120_000, interval: 50 };

let real: RealVirtualBox;
let session: DriverSession;
const ids: string[] = [];
const events: DriverEvent[] = [];
/** Every program the driver ran to its end. */
const commands: string[] = [];

beforeAll(async () => {
  real = await realVirtualBox();
  for (let n = 0; n < count; n += 1) {
    const folder = `${real.home}/m`;
    const said = await real.manage.change([
      ...['createvm', '--name', `vm ${n}`, '--ostype', 'Other_64', '--register'],
      ...['--basefolder', folder],
    ]);
    ids.push(/^UUID:\s*(\S+)/m.exec(said)?.[1] ?? '');
  }
  const driver = createVirtualBoxDriver();
  const context = contextOf(real);
  const counting: typeof context = {
    ...context,
    exec: (file, args, options) => {
      commands.push([file, ...args].join(' '));
      return context.exec(file, args, options);
    },
  };
  const probe = await driver.probe(counting);
  if (probe.kind !== 'found') throw new Error('not found');
  const capabilities = await driver.capabilities(probe, counting);
  session = await driver.connect(probe, capabilities, counting, (event) => events.push(event));
  await session.adopt([]);
}, 600_000);
afterAll(async () => {
  await session?.dispose();
  await real?.dispose();
});

const nameOf = (id: string): string | undefined =>
  events
    .flatMap((event) =>
      event.kind === 'definitionChanged' && event.definition.id === toVmId(id)
        ? [event.definition.name]
        : [],
    )
    .at(-1);

it('are all known with their state when the first look is over, without a process for each', () => {
  expect(new Set(ids).size).toBe(count);
  expect(ids.filter((id) => nameOf(id) === undefined)).toEqual([]);
  const off = events.filter((event) => event.kind === 'power' && event.power === 'off');
  expect(new Set(off.map((event) => (event.kind === 'power' ? event.vm : ''))).size).toBe(count);
  expect(commands.length).toBeLessThan(count / 4);
});

it('tell of later changes without a process for each', async () => {
  const before = commands.length;
  for (const [n, id] of ids.slice(0, 20).entries())
    await real.manage.change(['modifyvm', id, '--name', `renamed ${n}`]);
  await expect
    .poll(() => ids.slice(0, 20).map(nameOf), patient)
    .toEqual(Array.from({ length: 20 }, (_, n) => `renamed ${n}`));
  expect(commands.slice(before)).toEqual([]);
});
