// A manager that goes away and comes back: what runs is found again, what died is told, nothing is disturbed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VmId } from '../../../shared/model/brand.ts';
import { pidFileOf, vmFiles } from './files.ts';
import { readRecord, writeRecord } from './run-record.ts';
import {
  createWorld,
  freely,
  openSession,
  serialSays,
  tcg,
  type Opened,
  type World,
} from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world.end();
});

const recordOf = (id: VmId) => readRecord(vmFiles(world.ctx.paths, id).record)!;
const hasEnded = (pid: number): boolean => {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
};
const ends = (pid: number) => expect.poll(() => hasEnded(pid)).toBe(true);
const booted = async (manager: Opened) => {
  const definition = world.define();
  await manager.session.start(definition, tcg, freely);
  await serialSays(manager.session, definition.id, /READY/);
  return definition;
};

describe('adoption', () => {
  it('finds running and paused VMs with live consoles, and works on them', async () => {
    const first = await world.reopen();
    const running = await booted(first);
    const paused = await booted(first);
    await first.session.pause(paused.id);
    await first.until(paused.id, 'paused');
    const { pid } = recordOf(running.id);
    await first.session.dispose();
    const second = await world.reopen();
    await second.session.adopt([running, paused]);
    expect(second.powerOf(running.id)).toBe('running');
    expect(second.powerOf(paused.id)).toBe('paused');
    expect(recordOf(running.id).pid).toBe(pid);
    const serial = await second.session.console!.open(running.id, 'serial');
    serial.write('t');
    await serialSays(second.session, running.id, /tick \d+/);
    serial.destroy();
    await second.session.resume(paused.id);
    await second.until(paused.id, 'running');
    await expect
      .poll(() => second.events.some((event) => event.kind === 'engineProved'))
      .toBe(true);
    await second.session.powerOff(running.id);
    await second.session.powerOff(paused.id);
    await second.session.dispose();
  });

  it('tells a VM that was killed while nobody looked from one that ended by itself', async () => {
    const first = await world.reopen();
    const killed = await booted(first);
    const ended = await booted(first);
    const serial = await first.session.console!.open(ended.id, 'serial');
    const pids = [recordOf(killed.id).pid!, recordOf(ended.id).pid!];
    await first.session.dispose();
    process.kill(pids[0]!, 'SIGKILL');
    serial.resume().write('q');
    for (const pid of pids) await ends(pid);
    const second = await world.reopen();
    await second.session.adopt([killed, ended]);
    expect(second.powerOf(killed.id)).toBe('crashed');
    expect(second.powerOf(ended.id)).toBe('off');
    expect(existsSync(vmFiles(world.ctx.paths, killed.id).runtimeDir)).toBe(false);
    await second.session.start(killed, tcg, freely);
    await second.until(killed.id, 'running');
    await second.session.powerOff(killed.id);
    await second.session.dispose();
  });

  it('a host that restarted cut its VMs off: not crashed', async () => {
    const first = await world.reopen();
    const definition = await booted(first);
    const record = recordOf(definition.id);
    await first.session.dispose();
    process.kill(record.pid!, 'SIGKILL');
    await ends(record.pid!);
    writeRecord(vmFiles(world.ctx.paths, definition.id).record, { ...record, bootId: 'before' });
    const second = await world.reopen();
    await second.session.adopt([definition]);
    expect(second.powerOf(definition.id)).toBe('off');
    await second.session.dispose();
  });

  it('never takes another process for the VM, and leaves it alone', async () => {
    const definition = world.define();
    const files = vmFiles(world.ctx.paths, definition.id);
    const first = await world.reopen();
    await first.session.start(definition, tcg, freely);
    const record = recordOf(definition.id);
    await first.session.powerOff(definition.id);
    // Our own process under the recorded pid: the start time and the argv differ.
    writeRecord(files.record, { ...record, pid: process.pid });
    const second = await world.reopen();
    await second.session.adopt([definition]);
    expect(second.powerOf(definition.id)).toBe('off');
    await first.session.dispose();
    await second.session.dispose();
  });

  it('goes on with a start whose manager died before the guest was let go', async () => {
    const first = await world.reopen();
    const definition = await booted(first);
    const { files, record } = {
      files: vmFiles(world.ctx.paths, definition.id),
      record: recordOf(definition.id),
    };
    await first.session.dispose();
    const { pid: _pid, startTicks: _ticks, ...unspawned } = record;
    writeRecord(files.record, { ...unspawned, phase: 'starting' });
    const second = await world.reopen();
    await second.session.adopt([definition]);
    expect(second.powerOf(definition.id)).toBe('running');
    expect(recordOf(definition.id)).toMatchObject({ pid: record.pid, phase: 'running' });
    await second.session.powerOff(definition.id);
    expect(existsSync(pidFileOf(files, record.token))).toBe(false);
    await second.session.dispose();
  });

  it('a second manager is told that the VM is held by another, and can take it when that one is gone', async () => {
    const first = await world.reopen();
    const definition = await booted(first);
    const second = await openSession(world.ctx, { greetingMs: 3000, commandMs: 20_000 });
    await second.session.adopt([definition]);
    expect(second.events.at(-1)).toMatchObject({
      power: 'running',
      error: { code: 'qemu/qmp-busy' },
    });
    await expect(second.session.pause(definition.id)).rejects.toMatchObject({
      error: { code: 'qemu/qmp-busy' },
    });
    await first.session.dispose();
    await second.session.pause(definition.id);
    await second.until(definition.id, 'paused');
    await second.session.powerOff(definition.id);
    await second.session.dispose();
  });

  it('a damaged start record claims nothing', async () => {
    const definition = world.define();
    const files = vmFiles(world.ctx.paths, definition.id);
    const first = await world.reopen();
    await first.session.start(definition, tcg, freely);
    await first.session.powerOff(definition.id);
    writeFileSync(files.record, '{"version":1,');
    await first.session.adopt([definition]);
    expect(first.powerOf(definition.id)).toBe('off');
    expect(readFileSync(files.log, 'utf8')).toContain('start:');
    await first.session.dispose();
  });
});
