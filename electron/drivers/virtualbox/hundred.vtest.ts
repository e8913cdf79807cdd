// A hundred machines of a real VirtualBox: all are listed, in how long is printed, and nothing that happens to them
// later costs a process.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toVmId } from '../../../shared/model/brand.ts';
import { createExec } from '../../process/exec.ts';
import { silentLogger, type Logger } from '../../log/logger.ts';
import type { DriverEvent, DriverSession } from '../types.ts';
import { contextOf } from './__fixtures__/context.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { createVirtualBoxDriver } from './index.ts';
import { parseVmList } from './parse-list.ts';

const count = 100;
let real: RealVirtualBox;
let session: DriverSession | undefined;
beforeAll(async () => {
  real = await realVirtualBox();
  for (let number = 0; number < count; number += 1) {
    const name = `machine ${number}`;
    // prettier-ignore
    await real.manage.change(['createvm', '--name', name, '--ostype', 'Debian_64', '--default', '--register', '--basefolder', join(real.home, 'm')]);
  }
}, 600_000);
afterAll(async () => {
  await session?.dispose();
  await real?.dispose();
});

it('lists all, then follows them without a process', { timeout: 600_000 }, async () => {
  const commands: string[] = [];
  const log: Logger = {
    ...silentLogger,
    info: (_message, data) => {
      const argv = (data as { readonly argv?: readonly string[] } | undefined)?.argv;
      if (argv) commands.push(argv.slice(1, 3).join(' '));
    },
  };
  const context = { ...contextOf(real), exec: createExec(log) };
  const driver = createVirtualBoxDriver();
  const events: DriverEvent[] = [];
  const startedAt = performance.now();
  let allNamedMs = 0;
  const named = new Set<string>();
  const probe = await driver.probe(context);
  if (probe.kind !== 'found') throw new Error('not found');
  const capabilities = await driver.capabilities(probe, context);
  session = await driver.connect(probe, capabilities, context, (event) => {
    events.push(event);
    if (event.kind !== 'definitionChanged') return;
    named.add(event.definition.name);
    if (named.size === count && allNamedMs === 0) allNamedMs = performance.now() - startedAt;
  });
  await session.adopt([]);
  const readMs = performance.now() - startedAt;
  console.log(
    `${count} machines: listed after ${Math.round(allNamedMs)} ms, read after ${Math.round(readMs)} ms, ${commands.length} commands`,
  );
  expect(named.size).toBe(count);
  const vms = new Set(events.flatMap((event) => (event.kind === 'power' ? [event.vm] : [])));
  expect(vms.size).toBe(count);
  expect(commands.filter((command) => command.startsWith('showvminfo'))).toEqual([]);

  const before = commands.length;
  const [first] = parseVmList(await real.manage.read(['list', 'vms']));
  const vm = toVmId(first?.id ?? '');
  const latencies: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const memory = 128 + 4 * round;
    const changed = real.manage.change(['modifyvm', vm, '--memory', String(memory)]);
    const askedAt = performance.now();
    await expect
      .poll(
        () =>
          events.some(
            (event) =>
              event.kind === 'definitionChanged' &&
              event.definition.id === vm &&
              event.definition.config.memory === memory,
          ),
        { timeout: 120_000, interval: 2 },
      )
      .toBe(true);
    latencies.push(performance.now() - askedAt);
    await changed;
  }
  latencies.sort((a, b) => a - b);
  const [median, worst] = [latencies[10] ?? 0, latencies.at(-1) ?? 0];
  console.log(
    `change of memory, from the start of VBoxManage to our event: median ${Math.round(median)} ms, worst ${Math.round(worst)} ms`,
  );
  expect(commands.length).toBe(before);
});
