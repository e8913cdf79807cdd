// The command layer with real QEMU: a VM's life by one set of commands, and wrong input that changes nothing.
import { chmod, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../electron/app-types.ts';
import { gibToBytes } from '../../shared/model/brand.ts';
import {
  ask,
  createWorld,
  isSettled,
  made,
  newVm,
  until,
  untilSerial,
  vmOf,
  type World,
} from './app-world.ts';

let world: World;
let app: App;
beforeAll(async () => {
  world = await createWorld();
  app = world.open();
  await app.ready;
});
afterAll(() => world.dispose());

const foldersOf = (): Promise<string[]> =>
  readdir(join(world.home, 'd/polyvisor/vms')).catch(() => []);

describe('a VM’s life', () => {
  it('create, start, pause, resume, save, restore, shut down, delete with disks', async () => {
    const { id, job } = await app.commands.createDemo();
    expect((await app.commands.jobEnded(job)).phase).toBe('done');
    await until(app, () => isSettled(app, id, 'running') && vmOf(app, id).proof !== undefined);
    const serial = await untilSerial(app, id, 'READY');
    const { proof, engine } = vmOf(app, id);
    await until(app, () => vmOf(app, id).engine?.standing === 'proved');
    expect(engine?.backend.engine).toBe(proof?.backend.engine);
    const signature = proof?.backend.engine === 'kvm' ? 'KVMKVMKVM' : 'TCGTCGTCGTCG';
    expect(serial).toContain(`hypervisor signature ${signature}`);
    const run = async (action: Parameters<typeof app.commands.power>[1], power: string) => {
      const ended = await app.commands.jobEnded(app.commands.power(id, action));
      expect(ended.error).toBeUndefined();
      await until(app, () => vmOf(app, id).power === power);
    };
    await run('pause', 'paused');
    await run('resume', 'running');
    await run('save', 'saved');
    expect(await ask(app, 'vm.pause', { id })).toEqual({ code: 'vm/wrong-state' });
    await run('start', 'running');
    await run('shutdown', 'off');
    expect(await untilSerial(app, id, 'bye')).toContain('bye');
    expect((await app.commands.jobEnded(app.commands.remove(id, true))).phase).toBe('done');
    expect(app.store.getState().vms[id]).toBeUndefined();
    expect(await foldersOf()).not.toContain(id);
  });

  it('deleting without disks keeps the owned disk', async () => {
    const disk = { kind: 'create', capacity: gibToBytes(1) } as const;
    const { id, job } = await made(app, newVm({ name: 'kept disk', disk }));
    expect(job.error).toBeUndefined();
    await app.commands.jobEnded(app.commands.remove(id, false));
    expect(await readdir(join(world.home, 'd/polyvisor/vms', id))).toEqual(['disk0.qcow2']);
  });

  it('hardware changed while running applies at the next start', async () => {
    const { id } = await app.commands.createDemo();
    await until(app, () => isSettled(app, id, 'running'));
    const { config } = vmOf(app, id).definition;
    const answer = await ask(app, 'vm.edit', { id, config: { ...config, vcpus: 2 } });
    expect(answer.value).toEqual({ appliesAt: 'nextStart' });
    expect(vmOf(app, id).hasPendingChanges).toBe(true);
    await app.commands.jobEnded(app.commands.power(id, 'powerOff'));
    await until(app, () => vmOf(app, id).hasPendingChanges === false);
    await app.commands.jobEnded(app.commands.power(id, 'start'));
    expect(await untilSerial(app, id, 'vcpus 2')).toContain('vcpus 2');
    await app.commands.jobEnded(app.commands.power(id, 'powerOff'));
    await app.commands.jobEnded(app.commands.remove(id, true));
  });
});

describe('disks of an existing machine', () => {
  const end = async (channel: string, args: unknown) => {
    const { value, code } = await ask(app, channel, args);
    expect(code).toBeUndefined();
    return app.commands.jobEnded(
      (value as { job: Parameters<typeof app.commands.jobEnded>[0] }).job,
    );
  };

  it('are created, grown, and never shrunk or written over', async () => {
    const { id } = await made(app, newVm({ name: 'disks' }));
    const add = { id, capacity: gibToBytes(1), bus: 'sata' };
    expect((await end('vm.createDisk', add)).error).toBeUndefined();
    expect((await end('vm.createDisk', add)).error).toBeUndefined();
    const disks = vmOf(app, id).definition.config.disks;
    expect(disks.map((disk) => disk.id)).toEqual(['disk0', 'disk1']);
    const grown = await end('vm.growDisk', { id, disk: 'disk0', capacity: gibToBytes(2) });
    expect(grown.error).toBeUndefined();
    const { value } = await ask(app, 'medium.inspect', { path: disks[0]?.path });
    expect(value).toMatchObject({ capacity: gibToBytes(2), format: 'qcow2' });
    const shrunk = await end('vm.growDisk', { id, disk: 'disk0', capacity: gibToBytes(1) });
    expect(shrunk.error?.code).toBe('medium/cannot-shrink');
    const { config } = vmOf(app, id).definition;
    await ask(app, 'vm.edit', { id, config: { ...config, disks: config.disks.slice(1) } });
    await end('vm.createDisk', add);
    const paths = vmOf(app, id).definition.config.disks.map((disk) => disk.path);
    expect(paths.some((path) => path.endsWith('disk0.qcow2'))).toBe(false);
  });
});

describe('wrong input makes nothing and says which', () => {
  const attempt = async (change: Parameters<typeof newVm>[0]): Promise<string | undefined> => {
    const before = await foldersOf();
    const { code } = await ask(app, 'vm.create', newVm(change));
    expect(await foldersOf()).toEqual(before);
    return code;
  };

  it('names', async () => {
    expect((await made(app, newVm({ name: 'Größe · 日本' }))).job.error).toBeUndefined();
    expect(await attempt({ name: '  ' })).toBe('vm/name-empty');
    expect(await attempt({ name: 'x'.repeat(500) })).toBe('vm/name-too-long');
    expect(await attempt({ name: '../../x' })).toBe('vm/name-path');
    expect(await attempt({ name: 'a\u0007' })).toBe('vm/name-control');
    expect(await attempt({ name: 'GRÖßE · 日本' })).toBe('vm/name-duplicate');
  });

  it('processors and memory', async () => {
    expect(await attempt({ name: 'v', vcpus: 0 })).toBe('vm/vcpus-out-of-range');
    expect(await attempt({ name: 'v', vcpus: 100_000 })).toBe('vm/vcpus-out-of-range');
    expect(await attempt({ name: 'v', memoryMiB: 0 })).toBe('vm/memory-out-of-range');
    expect(await attempt({ name: 'v', memoryMiB: 99_999_999 })).toBe('vm/memory-out-of-range');
  });

  it('media that are missing, empty, unreadable, or no image', async () => {
    const file = async (name: string, content: string | Uint8Array): Promise<string> => {
      const path = join(world.home, name);
      await writeFile(path, content);
      return path;
    };
    const use = (path: string) =>
      attempt({ name: 'm', disk: { kind: 'use', path, format: 'raw' } });
    expect(await use(join(world.home, 'moved.img'))).toBe('medium/missing');
    expect(await use(await file('zero.img', ''))).toBe('medium/empty');
    const path = await file('letter.pdf', `%PDF-1.7\n${'x'.repeat(4096)}`);
    expect((await ask(app, 'medium.inspect', { path })).code).toBe('medium/not-an-image');
    expect(await attempt({ name: 'm', cdPath: path })).toBe('medium/not-an-image');
    expect(await use(world.home)).toBe('medium/not-a-file');
    const locked = await file('locked.img', 'x'.repeat(4096));
    await chmod(locked, 0);
    expect(await use(locked)).toBe('medium/unreadable');
    await symlink('loop', join(world.home, 'loop'));
    expect(await use(join(world.home, 'loop'))).toMatch(/^medium\//);
    const cdPath = join(world.home, 'gone.iso');
    expect(await attempt({ name: 'm', cdPath })).toBe('medium/missing');
  });

  it('a size no disk can have', async () => {
    const before = await foldersOf();
    const disk = { kind: 'create', capacity: 0 } as never;
    const { job } = await made(app, newVm({ name: 'nothing', disk }));
    expect(job.error?.code).toBe('medium/bad-size');
    expect(await foldersOf()).toEqual(before);
  });

  it('arguments that do not fit the contract', async () => {
    expect(await ask(app, 'vm.start', { id: '../../etc' })).toEqual({ code: 'ipc/rejected' });
    expect(await ask(app, 'vm.create', { name: 'x' })).toEqual({ code: 'ipc/rejected' });
    expect(await ask(app, 'vm.start', { id: '00000000-0000-4000-8000-000000000000' })).toEqual({
      code: 'vm/not-found',
    });
  });

  it('a read-only data folder', async () => {
    const folder = join(world.home, 'd/polyvisor/vms');
    await mkdir(folder, { recursive: true });
    const before = await foldersOf();
    await chmod(folder, 0o500);
    try {
      const { job } = await made(app, newVm({ name: 'read only' }));
      expect(job.error?.code).toBe('persist/read-only');
    } finally {
      await chmod(folder, 0o700);
    }
    expect(await foldersOf()).toEqual(before);
  });

  it('a disk that moved away is named before and at the start', async () => {
    const disk = { kind: 'create', capacity: gibToBytes(1) } as const;
    const { id } = await made(app, newVm({ name: 'moves', disk }));
    const path = join(world.home, 'd/polyvisor/vms', id, 'disk0.qcow2');
    await rename(path, `${path}.away`);
    const job = await app.commands.jobEnded(app.commands.power(id, 'start'));
    expect(job.error?.code).toBe('medium/missing');
    await until(app, () => vmOf(app, id).missingFiles.includes(path));
    expect(vmOf(app, id).power).toBe('off');
    await rename(`${path}.away`, path);
  });
});

describe('managers', () => {
  it('without QEMU the list loads, and a start says what is missing', async () => {
    const { id } = await made(app, newVm({ name: 'no qemu' }));
    const other = world.open({ env: { PATH: join(world.home, 'nothing') } });
    await other.ready;
    expect(Object.keys(other.store.getState().vms)).toContain(id);
    const started = other.commands.power(id, 'start');
    const job = await other.commands.jobEnded(started);
    expect(job.error?.code).toBe('qemu/missing');
    await other.dispose();
  });

  it('a clock that jumps back a year disturbs nothing', async () => {
    let jump = 0;
    const other = world.open({ now: () => Date.now() - jump });
    await other.ready;
    const { id } = await other.commands.createDemo();
    await until(other, () => isSettled(other, id, 'running'));
    jump = 365 * 24 * 3600 * 1000;
    const paused = await other.commands.jobEnded(other.commands.power(id, 'pause'));
    expect(paused.phase).toBe('done');
    await other.dispose();
    // A new manager after the jump still recognises the VM by its process, not by the clock.
    const third = world.open({ now: () => Date.now() + jump });
    await third.ready;
    await until(third, () => vmOf(third, id).power === 'paused');
    await third.commands.jobEnded(third.commands.power(id, 'powerOff'));
    await third.commands.jobEnded(third.commands.remove(id, true));
    await third.dispose();
  });
});
