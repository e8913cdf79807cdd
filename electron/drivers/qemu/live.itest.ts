// Changes of a running VM on real QEMU, read back from it: forwards, cable, CD.
import { copyFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PortForward } from '../../../shared/model/network.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import { freeLoopbackPort } from '../../process/free-port.ts';
import { vmFiles } from './files.ts';
import { hasForward } from './live.ts';
import { connectQmp, type QmpClient } from './qmp.ts';
import { createWorld, freely, probeGuest, serialSays, tcg, type World } from './testing/world.ts';

let world: World;
let definition: VmDefinition;
/** A second witness: the socket for tools. */
let witness: QmpClient;

const forward = (hostPort: number, change: Partial<PortForward> = {}): PortForward => ({
  id: 'f',
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort,
  guestPort: 80,
  ...change,
});

beforeAll(async () => {
  world = await createWorld();
  const guest = await probeGuest();
  const iso = join(world.root, 'first.iso');
  copyFileSync(guest.iso, iso);
  definition = world.define({
    cdDrives: [{ id: 'cd1', path: iso }, { id: 'cd2' }],
    floppy: {},
    nics: [
      {
        id: 'nic1',
        model: 'e1000',
        mac: '52:54:00:00:00:01',
        isCableConnected: false,
        attachment: { kind: 'nat', ipv6: true, forwards: [] },
      },
    ],
  });
  await world.session.start(definition, tcg, freely);
  witness = await connectQmp(vmFiles(world.ctx.paths, definition.id).qmp2, 'witness');
});
afterAll(async () => {
  witness.dispose();
  await world.end();
});

const mediumOf = async (drive: string): Promise<string | undefined> => {
  const rows = (await witness.execute('query-block')) as {
    qdev?: string;
    inserted?: { file: string };
  }[];
  return rows.find((row) => row.qdev?.includes(drive))?.inserted?.file;
};

describe('live changes', () => {
  it('adds and removes forwards, TCP and UDP, on one address and on all', async () => {
    const live = world.session.live!;
    for (const change of [{}, { protocol: 'udp' as const }, { hostAddress: '' }]) {
      const rule = forward(await freeLoopbackPort(), change);
      await live.addForward(definition.id, 'nic1', rule);
      expect(hasForward(await witness.human('info usernet'), rule)).toBe(true);
      await expect(live.addForward(definition.id, 'nic1', rule)).rejects.toMatchObject({
        error: { code: 'network/forward-exists' },
      });
      await live.removeForward(definition.id, 'nic1', rule);
      expect(hasForward(await witness.human('info usernet'), rule)).toBe(false);
    }
  });

  it('refuses a port somebody else listens on, naming the holder', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const adding = world.session.live!.addForward(definition.id, 'nic1', forward(port));
    await expect(adding).rejects.toMatchObject({
      error: {
        code: 'network/port-taken',
        params: { port, by: expect.stringContaining(`process ${process.pid}`) as string },
      },
    });
    server.close();
  });

  it('plugs and unplugs the cable; an unknown card is refused', async () => {
    const live = world.session.live!;
    await live.setCable(definition.id, 'nic1', true);
    await live.setCable(definition.id, 'nic1', false);
    await expect(live.setCable(definition.id, 'nic9', true)).rejects.toMatchObject({
      error: { code: 'qemu/qmp-error' },
    });
  });

  it('changes and ejects discs; a failed change keeps the old disc in', async () => {
    const live = world.session.live!;
    const guest = await probeGuest();
    const first = definition.config.cdDrives[0]!.path!;
    const second = join(world.root, 'second.iso');
    copyFileSync(guest.iso, second);
    await live.changeMedium(definition.id, 'cd1', second);
    expect(await mediumOf('cd1')).toBe(second);
    const gone = join(world.root, 'gone.iso');
    await expect(live.changeMedium(definition.id, 'cd1', gone)).rejects.toMatchObject({
      error: { code: 'medium/missing', params: { path: gone } },
    });
    expect(await mediumOf('cd1')).toBe(second);
    await live.changeMedium(definition.id, 'cd1', undefined);
    expect(await mediumOf('cd1')).toBeUndefined();
    await live.changeMedium(definition.id, 'cd2', first);
    expect(await mediumOf('cd2')).toBe(first);
    // Nothing of the former discs stays open.
    const nodes = JSON.stringify(await witness.execute('query-named-block-nodes'));
    expect(nodes).not.toContain(second);
  });

  it('puts a floppy in and takes it out; there is no other drive', async () => {
    const live = world.session.live!;
    const image = join(world.root, 'floppy.img');
    copyFileSync((await probeGuest()).floppy, image);
    await live.changeMedium(definition.id, 'floppy', image);
    expect(await mediumOf('floppy0')).toBe(image);
    await live.changeMedium(definition.id, 'floppy', undefined);
    expect(await mediumOf('floppy0')).toBeUndefined();
    await expect(live.changeMedium(definition.id, 'disk1', image)).rejects.toMatchObject({
      error: { code: 'vm/not-changeable-live' },
    });
  });

  it('a disc whose file is removed while attached does not disturb the guest, and is told at its next use', async () => {
    const live = world.session.live!;
    const guest = await probeGuest();
    const iso = join(world.root, 'removed.iso');
    copyFileSync(guest.iso, iso);
    await live.changeMedium(definition.id, 'cd1', iso);
    rmSync(iso);
    // It listens to keys from then on.
    await serialSays(world.session, definition.id, /READY/);
    const serial = await world.session.console!.open(definition.id, 'serial');
    try {
      serial.write('t');
      await serialSays(world.session, definition.id, /tick \d+/);
    } finally {
      serial.destroy();
    }
    await expect(live.changeMedium(definition.id, 'cd2', iso)).rejects.toMatchObject({
      error: { code: 'medium/missing' },
    });
    await live.changeMedium(definition.id, 'cd1', undefined);
    expect(await mediumOf('cd1')).toBeUndefined();
  });
});
