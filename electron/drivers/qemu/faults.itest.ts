// What goes wrong on real QEMU, and what a person is told: killed, hanging, broken or missing programs and files.
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppFailure, type AppError } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import { toMiB } from '../../../shared/model/brand.ts';
import { vmFiles } from './files.ts';
import { createQemuDriver } from './index.ts';
import { readRecord } from './run-record.ts';
import {
  contextIn,
  createWorld,
  freely,
  openSession,
  probeGuest,
  serialSays,
  tcg,
  type World,
} from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ greetingMs: 2000, commandMs: 5000 });
});
afterAll(async () => {
  await world.end();
});

const pidOf = (id: VmId): number => readRecord(vmFiles(world.ctx.paths, id).record)!.pid!;
const errorOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => {
      if (error instanceof AppFailure) return error.error;
      throw error;
    },
  );
const startError = (change: Partial<VmConfig>) =>
  errorOf(world.session.start(world.define(change), tcg, freely));

const nat = (hostPort: number): VmConfig['nics'] => [
  {
    id: 'nic1',
    model: 'e1000',
    mac: '52:54:00:00:00:01',
    isCableConnected: true,
    attachment: {
      kind: 'nat',
      ipv6: true,
      forwards: [{ id: 'f1', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort, guestPort: 80 }],
    },
  },
];

/** A listening socket of our own on a free port of the loopback. */
const listen = (): Promise<{ readonly port: number; readonly close: () => void }> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ port, close: () => void server.close() });
    });
  });

describe('a running QEMU', () => {
  it('that is killed is told as crashed, with its exit and last log lines', async () => {
    const definition = world.define();
    await world.session.start(definition, tcg, freely);
    process.kill(pidOf(definition.id), 'SIGKILL');
    const event = await world.until(definition.id, 'crashed');
    expect(event.error).toMatchObject({ code: 'vm/crashed', params: { exit: 'signal SIGKILL' } });
    await world.session.start(definition, tcg, freely);
    await world.until(definition.id, 'running');
  });

  it('that hangs is told as such, and can be cut off', async () => {
    const definition = world.define();
    const { id } = definition;
    await world.session.start(definition, tcg, freely);
    const pid = pidOf(id);
    process.kill(pid, 'SIGSTOP');
    expect(await errorOf(world.session.pause(id))).toMatchObject({
      code: 'qemu/qmp-timeout',
      params: { command: 'stop' },
    });
    await world.session.powerOff(id);
    expect(world.powerOf(id)).toBe('off');
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('that hangs while another manager comes is told as running, and can be cut off by it', async () => {
    const first = await world.reopen();
    const definition = world.define();
    await first.session.start(definition, tcg, freely);
    const pid = pidOf(definition.id);
    process.kill(pid, 'SIGSTOP');
    await first.session.dispose();
    const second = await openSession(world.ctx, { greetingMs: 1000, commandMs: 3000 });
    await second.session.adopt([definition]);
    expect(second.events.at(-1)).toMatchObject({
      power: 'running',
      error: { code: 'qemu/qmp-timeout' },
    });
    await second.session.powerOff(definition.id);
    expect(second.powerOf(definition.id)).toBe('off');
    await second.session.dispose();
  });

  it('terminated by the system is off, not crashed', async () => {
    const definition = world.define();
    await world.session.start(definition, tcg, freely);
    process.kill(pidOf(definition.id), 'SIGTERM');
    expect(await world.until(definition.id, 'off')).toMatchObject({ cause: 'unknown' });
  });

  it('keeps its disk to itself: a second machine is told who has it', async () => {
    const first = world.define();
    await world.session.start(first, tcg, freely);
    const second = world.define({ disks: first.config.disks });
    const error = await errorOf(world.session.start(second, tcg, freely));
    const path = first.config.disks[0]!.path;
    expect(error).toMatchObject({ code: 'medium/in-use', params: { path } });
    expect(error.params['by']).toContain(first.name);
    expect(error.params['by']).toContain(`${pidOf(first.id)}`);
    await world.until(first.id, 'running');
    expect(world.powerOf(second.id)).toBe('off');
  });
});

describe('a start', () => {
  it('on a taken port names port and holder, and takes the port when it is free', async () => {
    const taken = await listen();
    const definition = world.define({ nics: nat(taken.port) });
    expect(await errorOf(world.session.start(definition, tcg, freely))).toMatchObject({
      code: 'network/port-taken',
      params: { protocol: 'tcp', port: taken.port },
    });
    taken.close();
    await world.session.start(definition, tcg, freely);
    await world.until(definition.id, 'running');
  });

  it('that QEMU refuses shows what QEMU said, and leaves nothing behind', async () => {
    const definition = world.define({ cpuModel: 'no-such-cpu' });
    const error = await errorOf(world.session.start(definition, tcg, freely));
    expect(error).toMatchObject({ code: 'qemu/exited-at-start', params: { exit: 'exit code 1' } });
    expect(error.params['stderr']).toContain('no-such-cpu');
    expect(error.command?.argv).toContain('no-such-cpu');
    expect(world.powerOf(definition.id)).toBe('off');
    expect(readRecord(vmFiles(world.ctx.paths, definition.id).record)).toBeUndefined();
  });

  it('without one of its files names the file', async () => {
    const disk = (path: string): Pick<VmConfig, 'disks'> => ({
      disks: [{ id: 'disk1', path, format: 'raw', bus: 'ide', isOwned: false }],
    });
    const missing = join(world.root, 'missing.img');
    expect(await startError(disk(missing))).toMatchObject({
      code: 'medium/missing',
      params: { path: missing },
    });
    const empty = join(world.root, 'empty.img');
    writeFileSync(empty, '');
    expect(await startError(disk(empty))).toMatchObject({ code: 'medium/empty' });
    expect(await startError(disk(world.root))).toMatchObject({ code: 'medium/not-a-file' });
    const gone = join(world.root, 'gone.iso');
    expect(await startError({ cdDrives: [{ id: 'cd1', path: gone }] })).toMatchObject({
      code: 'medium/missing',
      params: { path: gone },
    });
  });

  it('that is cancelled ends QEMU and says so', async () => {
    const definition = world.define();
    const stop = new AbortController();
    const starting = world.session.start(definition, tcg, { ...freely, signal: stop.signal });
    setTimeout(() => stop.abort(), 5);
    expect(await errorOf(starting)).toMatchObject({ code: 'job/cancelled' });
    expect(world.powerOf(definition.id)).toBe('off');
  });

  it('with more memory than the host gives shows what QEMU said', async () => {
    const error = await startError({ memory: toMiB(64 * 1024 * 1024) });
    expect(error.code).toBe('qemu/exited-at-start');
  });

  it('is refused twice', async () => {
    const definition = world.define();
    await world.session.start(definition, tcg, freely);
    expect(await errorOf(world.session.start(definition, tcg, freely))).toMatchObject({
      code: 'vm/wrong-state',
    });
    await serialSays(world.session, definition.id, /READY/);
  });

  it('in a run-time folder with too long a path says so', async () => {
    const runtime = join(world.root, 'r'.repeat(90));
    const ctx = { ...world.ctx, paths: { ...world.ctx.paths, runtime } };
    const { session } = await openSession(ctx);
    const error = await errorOf(session.start(world.define(), tcg, freely));
    expect(error).toMatchObject({ code: 'vm/start-failed' });
    expect(error.params['reason']).toContain('too long');
  });
});

describe('folders', () => {
  it.skipIf(process.getuid?.() === 0)('a read-only state folder is named', async () => {
    const definition = world.define();
    const parent = join(world.ctx.paths.state, 'vms');
    mkdirSync(parent, { recursive: true });
    chmodSync(parent, 0o500);
    try {
      expect(await errorOf(world.session.start(definition, tcg, freely))).toMatchObject({
        code: 'persist/read-only',
      });
    } finally {
      chmodSync(parent, 0o700);
    }
  });

  it('removing a VM takes its files and owned disks, and nothing of others', async () => {
    const guest = await probeGuest();
    const kept = world.define();
    const gone = world.define({ cdDrives: [{ id: 'cd1', path: guest.iso }] });
    await world.session.start(gone, tcg, freely);
    expect(await errorOf(world.session.remove(gone, true))).toMatchObject({
      code: 'vm/wrong-state',
    });
    await world.session.powerOff(gone.id);
    await world.session.remove(gone, true);
    const files = vmFiles(world.ctx.paths, gone.id);
    expect(readdirSync(files.dataDir)).toEqual([]);
    expect(readdirSync(join(world.ctx.paths.state, 'vms'))).not.toContain(gone.id);
    expect(readdirSync(vmFiles(world.ctx.paths, kept.id).dataDir)).toEqual(['disk1.img']);
    expect(readdirSync(join(guest.iso, '..'))).toContain('probe.iso');
  });
});

describe('programs', () => {
  /** A folder to put first in PATH, with the given scripts in it. */
  const binWith = (name: string, scripts: Readonly<Record<string, string>>): string => {
    const folder = join(world.root, name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(scripts)) {
      writeFileSync(join(folder, file), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    return folder;
  };
  const probeWith = (PATH: string) => {
    const root = join(world.root, `home${Math.random()}`);
    const driver = createQemuDriver();
    return driver
      .probe(contextIn(root, { ...process.env, PATH }))
      .then((probe) => ({ probe, error: driver.unusable(probe).error }));
  };

  it('that are not there are told as missing, with the places looked in', async () => {
    const empty = binWith('none', {});
    const { probe, error } = await probeWith(empty);
    expect(probe).toEqual({ kind: 'missing', lookedIn: [empty] });
    expect(error.code).toBe('qemu/missing');
  });

  it('that are too old are told by what they lack, not by their number', async () => {
    const old = binWith('old', {
      'qemu-img': 'exit 0',
      'qemu-system-x86_64': `
case "$1" in
  --version) echo "QEMU emulator version 99.1.0 (a build without much)";;
  -netdev) printf 'Available netdev backend types:\\nsocket\\nuser\\n';;
  -accel) printf 'Accelerators supported in QEMU binary:\\ntcg\\n';;
  *) exec ${process.env['QEMU'] ?? '/usr/bin/qemu-system-x86_64'} "$@";;
esac`,
    });
    const { error } = await probeWith(`${old}:${process.env['PATH']}`);
    expect(error).toMatchObject({
      code: 'qemu/too-old',
      params: { version: '99.1.0', oldest: '7.2' },
    });
  });

  it('that are broken show what they said', async () => {
    const broken = binWith('broken', {
      'qemu-img': 'exit 0',
      'qemu-system-x86_64': 'echo "cannot open shared object file: libfdt.so.1" >&2; exit 127',
    });
    const { probe, error } = await probeWith(`${broken}:${process.env['PATH']}`);
    expect(probe).toMatchObject({ kind: 'broken', exitCode: 127 });
    expect(error.params['stderr']).toContain('libfdt.so.1');
  });

  it('crashing at start show their words and their signal', async () => {
    const crashing = binWith('crashing', {
      'qemu-img': 'exit 0',
      'qemu-system-x86_64': `
case "$*" in
  *-uuid*) echo "qemu-system-x86_64: assertion of the test failed" >&2; kill -SEGV $$;;
  *) exec ${process.env['QEMU'] ?? '/usr/bin/qemu-system-x86_64'} "$@";;
esac`,
    });
    const env = { ...process.env, PATH: `${crashing}:${process.env['PATH']}` };
    const ctx = { ...contextIn(world.root, env) };
    const { session } = await openSession({
      ...ctx,
      paths: { ...ctx.paths, cache: join(world.root, 'other-cache') },
    });
    const error = await errorOf(session.start(world.define(), tcg, freely));
    expect(error).toMatchObject({
      code: 'qemu/exited-at-start',
      params: { exit: 'signal SIGSEGV' },
    });
    expect(error.params['stderr']).toBe('assertion of the test failed');
    rmSync(crashing, { recursive: true });
  });
});
