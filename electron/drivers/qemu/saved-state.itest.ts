// Saving and restoring on real QEMU: the guest's memory survives; a failed save leaves the guest running.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFailure } from '../../../shared/contract/errors.ts';
import { toEngineId, toMiB } from '../../../shared/model/brand.ts';
import { vmFiles } from './files.ts';
import { readRecord } from './run-record.ts';
import { createWorld, freely, probeGuest, serialSays, tcg, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world.end();
});

/** Asks the guest for its tick counter, which lives in its memory and starts at 0 at boot. */
const tick = async (id: ReturnType<World['define']>['id']): Promise<number> => {
  const serial = await world.session.console!.open(id, 'serial');
  const answer = new Promise<number>((resolve) => {
    let text = '';
    serial.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const found = /tick (\d+)\r\n/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  serial.write('t');
  try {
    return await answer;
  } finally {
    serial.destroy();
  }
};

const booted = async () => {
  const definition = world.define();
  await world.session.start(definition, tcg, freely);
  await serialSays(world.session, definition.id, /READY/);
  return definition;
};

describe('saved state', () => {
  it('continues the guest where it was, without booting again, also for another manager', async () => {
    const { session, until } = world;
    const definition = await booted();
    const { id } = definition;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = await tick(id);
    await session.savedState!.save(definition, freely);
    await until(id, 'saved');
    const other = await world.reopen();
    await other.session.adopt([definition]);
    expect(other.powerOf(id)).toBe('saved');
    await other.session.dispose();
    await session.start(definition, tcg, freely);
    await until(id, 'running');
    const after = await tick(id);
    expect(after).toBeGreaterThanOrEqual(before);
    // A guest that had booted again would count from 0, and say READY a second time.
    const text = await serialSays(session, id, /tick/);
    expect(text.match(/READY/g)).toHaveLength(1);
    expect(existsSync(vmFiles(world.ctx.paths, id).savedState)).toBe(false);
  });

  it('saves a paused guest and runs it again', async () => {
    const definition = await booted();
    await world.session.pause(definition.id);
    await world.until(definition.id, 'paused');
    await world.session.savedState!.save(definition, freely);
    await world.until(definition.id, 'saved');
    await world.session.start(definition, tcg, freely);
    await world.until(definition.id, 'running');
    expect(await tick(definition.id)).toBeGreaterThanOrEqual(0);
  });

  it('keeps a state that does not load, says why, and starts fresh after discarding it', async () => {
    const { session, until } = world;
    const definition = await booted();
    const { id } = definition;
    await session.savedState!.save(definition, freely);
    await until(id, 'saved');
    const files = vmFiles(world.ctx.paths, id);
    // Damaged inside, with its size kept, so that only loading can tell.
    const bytes = readFileSync(files.savedState);
    bytes.fill(0xff, 0, 64);
    writeFileSync(files.savedState, bytes);
    const error: unknown = await session.start(definition, tcg, freely).catch((e: unknown) => e);
    expect(isFailure(error, 'vm/restore-failed')).toBe(true);
    expect(world.powerOf(id)).toBe('saved');
    expect(existsSync(files.savedState)).toBe(true);
    await session.savedState!.discard(id);
    expect(world.powerOf(id)).toBe('off');
    await session.start(definition, tcg, freely);
    await until(id, 'running');
  });

  it('restores with the hardware that ran, live changes included', async () => {
    const guest = await probeGuest();
    const disc = join(world.root, 'disc.iso');
    copyFileSync(guest.iso, disc);
    const definition = world.define({ cdDrives: [{ id: 'cd1', path: disc }] });
    const { id } = definition;
    await world.session.start(definition, tcg, freely);
    await serialSays(world.session, id, /READY/);
    await world.session.live!.changeMedium(id, 'cd1', undefined);
    await world.session.savedState!.save(definition, freely);
    // The stored definition still names the disc, and may have changed otherwise.
    rmSync(disc);
    const changed = { ...definition, config: { ...definition.config, memory: toMiB(64) } };
    await world.session.start(changed, tcg, freely);
    await world.until(id, 'running');
    expect(await tick(id)).toBeGreaterThanOrEqual(0);
  });

  it('refuses another engine than the one it was saved on', async () => {
    const definition = await booted();
    await world.session.savedState!.save(definition, freely);
    const kvm = { engine: toEngineId('kvm') };
    const error: unknown = await world.session
      .start(definition, kvm, freely)
      .catch((e: unknown) => e);
    expect(isFailure(error, 'vm/restore-failed')).toBe(true);
  });

  it('an incomplete state counts as none', async () => {
    const definition = await booted();
    const { id } = definition;
    await world.session.savedState!.save(definition, freely);
    truncateSync(vmFiles(world.ctx.paths, id).savedState, 1000);
    const other = await world.reopen();
    await other.session.adopt([definition]);
    expect(other.powerOf(id)).toBe('off');
    await other.session.dispose();
  });

  it('a cancelled save leaves the guest running', async () => {
    const definition = await booted();
    const { id } = definition;
    const stop = new AbortController();
    const saving = world.session.savedState!.save(definition, { ...freely, signal: stop.signal });
    stop.abort();
    const error: unknown = await saving.catch((e: unknown) => e);
    expect(isFailure(error, 'job/cancelled')).toBe(true);
    await world.until(id, 'running');
    expect(await tick(id)).toBeGreaterThanOrEqual(0);
    expect(existsSync(vmFiles(world.ctx.paths, id).savedState)).toBe(false);
    await world.session.savedState!.save(definition, freely);
    await world.until(id, 'saved');
  });

  it('a disk that is full while saving leaves the guest running, and says so', async () => {
    const definition = await booted();
    const { id } = definition;
    const files = vmFiles(world.ctx.paths, id);
    // The kernel's own full disk: every write gives ENOSPC.
    symlinkSync('/dev/full', files.savedStateTemp);
    const error: unknown = await world.session
      .savedState!.save(definition, freely)
      .catch((e: unknown) => e);
    expect(isFailure(error, 'persist/disk-full')).toBe(true);
    await world.until(id, 'running');
    expect(await tick(id)).toBeGreaterThanOrEqual(0);
    expect(existsSync(files.savedState)).toBe(false);
    await world.session.savedState!.save(definition, freely);
    await world.until(id, 'saved');
  });

  it.skipIf(process.getuid?.() === 0)(
    'a read-only data folder leaves the guest running',
    async () => {
      const definition = await booted();
      const { id } = definition;
      const { dataDir } = vmFiles(world.ctx.paths, id);
      chmodSync(dataDir, 0o500);
      try {
        const error: unknown = await world.session
          .savedState!.save(definition, freely)
          .catch((e: unknown) => e);
        expect(isFailure(error, 'persist/read-only')).toBe(true);
        await world.until(id, 'running');
        expect(await tick(id)).toBeGreaterThanOrEqual(0);
      } finally {
        chmodSync(dataDir, 0o700);
      }
    },
  );

  it('a killed QEMU while saving is a crash, not a saved state', async () => {
    const definition = await booted();
    const { id } = definition;
    const files = vmFiles(world.ctx.paths, id);
    const saving = world.session.savedState!.save(definition, freely).catch((e: unknown) => e);
    process.kill(readRecord(files.record)!.pid!, 'SIGKILL');
    expect(await saving).toBeInstanceOf(Error);
    await world.until(id, 'crashed');
    expect(existsSync(files.savedState)).toBe(false);
  });
});
