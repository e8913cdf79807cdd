// Life of a VM on real QEMU (software emulation): start, pause, resume, reset, shut down, power off, console.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProbeReport } from '../../../shared/model/probe-report.ts';
import { createWorld, freely, serialSays, tcg, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world.end();
});

describe('lifecycle', () => {
  it('starts a guest that says the engine we proved, pauses, resumes, resets and is cut off', async () => {
    const { session, until, events } = world;
    const definition = world.define();
    const { id } = definition;
    await session.adopt([definition]);
    expect(world.powerOf(id)).toBe('off');
    await session.start(definition, tcg, freely);
    await until(id, 'running');
    const report = parseProbeReport(await serialSays(session, id, /READY/));
    expect(report?.signature).toBe('TCGTCGTCGTCG');
    const proofOf = () => events.find((event) => event.kind === 'engineProved');
    await expect.poll(proofOf).toBeDefined();
    const proof = proofOf();
    expect(proof?.proof.backend.engine).toBe('tcg');
    expect(proof?.proof).not.toHaveProperty('contradicts');
    await session.pause(id);
    await until(id, 'paused');
    await session.resume(id);
    await until(id, 'running');
    await session.reset(id);
    await serialSays(session, id, /READY[\s\S]*READY/);
    await session.powerOff(id);
    expect(await until(id, 'off')).toMatchObject({ cause: 'asked' });
  });

  it('shuts down on request, and says when the guest did so by itself', async () => {
    const { session, until } = world;
    const definition = world.define();
    const { id } = definition;
    await session.start(definition, tcg, freely);
    await serialSays(session, id, /READY/);
    await session.shutdown(id);
    expect(await until(id, 'off')).toMatchObject({ cause: 'asked' });
    await session.start(definition, tcg, freely);
    const serial = await session.console!.open(id, 'serial');
    await serialSays(session, id, /READY[\s\S]*READY/);
    serial.write('q');
    expect(await until(id, 'off')).toMatchObject({ cause: 'guest' });
    serial.destroy();
  });

  it('gives the screen as RFB and as a picture', async () => {
    const { session } = world;
    const definition = world.define();
    await session.start(definition, tcg, freely);
    const screen = await session.console!.open(definition.id, 'screen');
    const hello = await new Promise<string>((resolve) => {
      screen.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1')));
    });
    screen.destroy();
    expect(hello).toBe('RFB 003.008\n');
    const png = await session.console!.screenshot(definition.id);
    expect([...png.slice(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });
});
