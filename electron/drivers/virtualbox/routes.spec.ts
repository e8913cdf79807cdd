// How machines start and what a build has, for every kind of build; why machines cannot be read; aborts of our own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatText } from '../../../shared/i18n/format.ts';
import { buildOf, capabilitiesOf } from './capabilities.ts';
import { judgeHead, plainReason } from './machine-reader-damage.ts';
import { parsePrintedTime } from './machine-look.ts';
import { isDriverThere, routeOf } from './routes.ts';
import { createAbortMemory } from './start-aborted.ts';

it.each([
  ['driver-only', true, 'vboxdrv', 'headless'],
  ['driver-only', false, 'vboxdrv', 'headless'],
  ['driver-only', true, 'software', 'headless'],
  ['driver-only', false, 'software', 'hiddenDisplay'],
  ['driver-only', false, 'kvm', 'hiddenDisplay'],
  ['driver-or-kvm', false, 'kvm', 'headless'],
  ['driver-or-kvm', false, 'software', 'headless'],
  ['kvm-only', false, 'kvm', 'headless'],
] as const)('a %s build, driver %s: %s starts %s', (build, isThere, engine, route) =>
  expect(routeOf(engine, { build, isDriverThere: isThere })).toBe(route),
);

it('VirtualBox’s own word about KVM beats that of its files', () => {
  expect(buildOf('driver-only', undefined)).toBe('driver-only');
  expect(buildOf('driver-only', true)).toBe('driver-or-kvm');
  expect(buildOf('driver-or-kvm', false)).toBe('driver-only');
  expect(buildOf('kvm-only', true)).toBe('kvm-only');
});

it('declares the engines a build lacks, and a route with its reason for each it has', () => {
  const rows = (build: Parameters<typeof buildOf>[0]): readonly (readonly string[])[] => {
    const { absentEngines, startRoutes } = capabilitiesOf({ build, isDriverThere: false });
    for (const { reason } of [...absentEngines, ...startRoutes])
      expect(formatText(reason).length).toBeGreaterThan(10);
    return [absentEngines.map((row) => row.engine), startRoutes.map((row) => row.engine)];
  };
  expect(rows('driver-only')).toEqual([['kvm'], ['vboxdrv', 'software']]);
  expect(rows('driver-or-kvm')).toEqual([[], ['vboxdrv', 'kvm', 'software']]);
  expect(rows('kvm-only')).toEqual([['vboxdrv'], ['kvm', 'software']]);
});

it('looks for the kernel driver as the programs open it', async () => {
  // Root's programs open what we may not; what is no device is no driver.
  expect(await isDriverThere(true, '/dev/null')).toBe(true);
  expect(await isDriverThere(true, import.meta.filename)).toBe(false);
  expect(await isDriverThere(false, '/dev/null')).toBe(true);
  expect(await isDriverThere(false, '/nonexistent')).toBe(false);
});

it('tells from a settings file why it cannot be read', () => {
  const file = (version: string): string =>
    `<?xml version="1.0"?>\n<VirtualBox xmlns="http://www.virtualbox.org/" version="${version}-linux">`;
  expect(judgeHead(file('1.19'), '7.2.22')).toBeUndefined();
  expect(judgeHead(file('1.21'), '7.2.22')).toBeUndefined();
  expect(judgeHead(file('1.22'), '7.2.22')).toEqual({
    kind: 'newer',
    version: '1.22',
    known: '1.21',
  });
  expect(judgeHead(file('1.20'), '7.0.26')).toMatchObject({ kind: 'newer', known: '1.19' });
  expect(judgeHead(file('2.0'), '7.2.22')).toMatchObject({ kind: 'newer' });
  // A VirtualBox newer than this table: nothing is claimed.
  expect(judgeHead(file('1.30'), '8.0.0')).toBeUndefined();
  expect(judgeHead(`${file('1.19')}\n  <MachineEncrypted uuid="{x}"`, '7.2.22')).toEqual({
    kind: 'encrypted',
  });
  const said = 'Not there.\n/build/x/MachineImpl.cpp[999] (nsresult Machine::i_registeredInit())';
  expect(plainReason(said)).toBe('Not there.');
});

it('remembers aborts of our own by their time, over restarts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ab-'));
  try {
    const memory = createAbortMemory(folder);
    await memory.load();
    expect(memory.has('a', 1000)).toBe(false);
    await memory.add('a', 1000);
    expect(memory.has('a', 1000)).toBe(true);
    const next = createAbortMemory(folder);
    await next.load();
    expect(next.has('a', 1000)).toBe(true);
    expect(next.has('a', 5000)).toBe(false);
    expect(next.has('b', 1000)).toBe(false);
    writeFileSync(join(folder, 'aborts.json'), 'nonsense');
    const damaged = createAbortMemory(folder);
    await damaged.load();
    expect(damaged.has('c', 1)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('reads the time of a state as UTC', () => {
  expect(parsePrintedTime('2026-11-22T17:54:24.680000000')).toBe(
    Date.UTC(2026, 10, 22, 17, 54, 24, 680),
  );
  expect(parsePrintedTime('')).toBe(0);
});
