// What is read and reported of machines, as events: each difference once, a crash told from an end of ours.
import { expect, it } from 'vitest';
import { toDriverId, toVmId } from '../../../shared/model/brand.ts';
import type { DriverEvent } from '../types.ts';
import { loadFixture } from './__fixtures__/load.ts';
import type { Inaccessible } from './machine-reader-damage.ts';
import { readInfoFacts } from './machine-reader-info.ts';
import type { Reading } from './machine-reader.ts';
import { parseVmInfo } from './parse-vminfo.ts';
import { createRoster, type Roster } from './watch-roster.ts';

const info = parseVmInfo(loadFixture('showvminfo-off.txt').text);
if (!info) throw new Error('no machine in the fixture');
const facts = readInfoFacts(info, 5);
const vm = toVmId(facts.id);
const reading = (state: string, change: object = {}): Reading => ({
  kind: 'read',
  facts: { ...facts, ...change },
  state,
  stateSinceMs: 1000,
});
const inaccessible: Extract<Reading, { kind: 'inaccessible' }> = {
  kind: 'inaccessible',
  id: vm,
  name: 'lost',
  settingsFile: '/m/lost.vbox',
  createdAtMs: 0,
  reason: 'broken',
};

const world = (
  judged: Inaccessible = { kind: 'damaged', reason: 'broken' },
  ourAbort = 0,
): { readonly roster: Roster; readonly told: () => readonly string[] } => {
  const events: DriverEvent[] = [];
  const roster = createRoster({
    driver: toDriverId('virtualbox'),
    emit: (event) => events.push(event),
    isOurAbort: (_id, sinceMs) => sinceMs === ourAbort,
    judgeInaccessible: () => Promise.resolve(judged),
    lastLines: () => 'the last line',
  });
  const told = (): readonly string[] =>
    events
      .splice(0)
      .map((event) =>
        event.kind === 'power'
          ? [event.power, event.error?.code].filter(Boolean).join(' ')
          : event.kind,
      );
  return { roster, told };
};

it('tells a machine once, and every difference once', async () => {
  const { roster, told } = world();
  await roster.apply(reading('poweroff'), false);
  expect(told()).toEqual(['definitionChanged', 'off']);
  await roster.apply(reading('PoweredOff'), false);
  roster.setState(vm, 'PoweredOff', 0);
  expect(told()).toEqual([]);
  await roster.apply(reading('Running', { memoryMiB: 128 }), false);
  expect(told()).toEqual(['definitionChanged', 'running']);
  roster.setState(vm, 'NeverHeardOf', 0);
  roster.setState('not an id', 'Running', 0);
  roster.remove(vm);
  roster.remove(vm);
  expect(told()).toEqual(['definitionGone']);
});

it('an older reading does not undo a newer state', async () => {
  const { roster, told } = world();
  await roster.apply(reading('PoweredOff'), false);
  roster.setState(vm, 'Running', 0);
  told();
  await roster.apply(reading('PoweredOff', { memoryMiB: 96 }), true);
  expect(told()).toEqual(['definitionChanged']);
  expect(roster.get(vm)?.power).toBe('running');
});

it('a crash is told with the last lines, an abort of our own is an end', async () => {
  const crash = world();
  await crash.roster.apply(reading('Running'), false);
  crash.told();
  await crash.roster.apply(reading('Aborted'), false);
  await crash.roster.apply(reading('Aborted'), false);
  expect(crash.told()).toEqual(['crashed vm/crashed']);

  const ours = world(undefined, 1000);
  await ours.roster.apply(reading('Aborted'), false);
  expect(ours.told()).toEqual(['definitionChanged', 'off']);
});

it('during a start of ours "not yet" is not told, what the guest does is', async () => {
  const { roster, told } = world();
  await roster.apply(reading('PoweredOff'), false);
  told();
  roster.hold(vm);
  roster.setPower(vm, 'starting');
  roster.setState(vm, 'PoweredOff', 0);
  roster.setState(vm, 'Aborted', 0);
  roster.setState(vm, 'Starting', 0);
  roster.setState(vm, 'Running', 0);
  expect(told()).toEqual(['starting', 'running']);
  roster.letGo(vm);
  roster.setState(vm, 'PoweredOff', 0);
  expect(told()).toEqual(['off']);
});

it('a stuck guest can be powered off or reset, and says what it is', async () => {
  const { roster, told } = world();
  await roster.apply(reading('Running'), false);
  told();
  roster.setState(vm, 'Stuck', 0);
  expect(told()).toEqual(['paused virtualbox/stuck']);
});

it('keeps what it knew of a machine that cannot be read any more, until it can', async () => {
  const { roster, told } = world();
  await roster.apply(reading('PoweredOff'), false);
  told();
  await roster.apply(inaccessible, false);
  await roster.apply(inaccessible, false);
  expect(told()).toEqual(['damaged virtualbox/inaccessible']);
  expect(roster.get(vm)?.definition.name).toBe('probe');
  await roster.apply(reading('PoweredOff'), true);
  expect(told()).toEqual(['off']);
});

it.each([
  [{ kind: 'encrypted' }, 'off'],
  [{ kind: 'newer', version: '1.99', known: '1.21' }, 'damaged virtualbox/settings-newer'],
] as const)('an unreadable machine that is %j is %s', async (judged, expected) => {
  const { roster, told } = world(judged);
  await roster.apply(inaccessible, false);
  expect(told()).toEqual(['definitionChanged', expected]);
  expect(roster.get(vm)?.needsPassword).toBe(judged.kind === 'encrypted');
});

it('announces machines by name before they are read', async () => {
  const { roster, told } = world();
  roster.announce(vm, 'probe', 'Running');
  roster.announce(vm, 'probe', 'Running');
  expect(told()).toEqual(['definitionChanged', 'running']);
  await roster.apply(reading('Running'), false);
  expect(told()).toEqual(['definitionChanged']);
});
