// Overlays: kept beside what the hypervisor reports, written one after the other, never over a newer program's file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toEngineId, toVmId } from '../../shared/model/brand.ts';
import { definition } from '../compat/__fixtures__/world.ts';
import { createOverlayRepository, overlayOf, withOverlay } from './overlay-repository.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'o-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const kvm = toEngineId('kvm');
const other = toVmId('99999999-2222-3333-4444-555555555555');

it('keeps rows over a restart, of machines that are not there too', async () => {
  const first = createOverlayRepository(dir);
  expect(await first.load()).toBeUndefined();
  await Promise.all([
    first.set(definition.id, { pin: kvm }),
    first.set(other, { quitPolicy: 'shutdown', family: 'os2' }),
  ]);
  const second = createOverlayRepository(dir);
  await second.load();
  expect(second.of(definition.id)).toEqual({ pin: kvm });
  expect(second.of(other)).toEqual({ quitPolicy: 'shutdown', family: 'os2' });
  await second.set(other, {});
  expect(readFileSync(join(dir, 'overlays.json'), 'utf8')).not.toContain(other);
});

it('keeps what it does not understand', async () => {
  const row = { pin: 'kvm', colour: 'red' };
  const content = { version: 1, more: 1, machines: { [definition.id]: row } };
  writeFileSync(join(dir, 'overlays.json'), JSON.stringify(content));
  const overlays = createOverlayRepository(dir);
  await overlays.load();
  await overlays.set(definition.id, overlayOf(definition, overlays.of(definition.id)));
  expect(JSON.parse(readFileSync(join(dir, 'overlays.json'), 'utf8'))).toEqual({
    version: 1,
    more: 1,
    machines: { [definition.id]: { colour: 'red' } },
  });
});

it('never writes over a newer program’s file', async () => {
  const content = JSON.stringify({ version: 7, machines: {} });
  writeFileSync(join(dir, 'overlays.json'), content);
  const overlays = createOverlayRepository(dir);
  expect(await overlays.load()).toMatchObject({ code: 'persist/newer-version' });
  await expect(overlays.set(definition.id, { pin: kvm })).rejects.toMatchObject({
    error: { code: 'persist/newer-version' },
  });
  expect(readFileSync(join(dir, 'overlays.json'), 'utf8')).toBe(content);
});

it('keeps a damaged file aside and says so', async () => {
  writeFileSync(join(dir, 'overlays.json'), '{"version": 1, "machi');
  const overlays = createOverlayRepository(dir);
  expect(await overlays.load()).toMatchObject({ code: 'persist/corrupt' });
  await overlays.set(definition.id, { pin: kvm });
  expect(overlays.of(definition.id)).toEqual({ pin: kvm });
});

it('lays only what is ours over the report', () => {
  const reported = { ...definition, name: 'renamed outside', pin: toEngineId('tcg') };
  expect(withOverlay(reported, {})).toEqual({ ...definition, name: 'renamed outside' });
  expect(withOverlay(reported, { pin: kvm, family: 'os2' })).toEqual({
    ...definition,
    name: 'renamed outside',
    pin: kvm,
    family: 'os2',
  });
});
