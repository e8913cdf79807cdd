// The tray host watch on a real session bus: hosts come, go, and hang.
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectBus } from '../../electron/dbus/connection.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { createTrayHostWatcher, type TrayHostWatcher } from '../../electron/shell/tray-host.ts';
import { eventually } from '../fixtures/processes.ts';
import { startSessionBus, type SessionBus } from '../tray/session-bus.ts';
import { startTrayWatcher, type TrayWatcher } from '../tray/tray-watcher.ts';

let bus: SessionBus;
let panel: TrayWatcher | undefined;
let watch: TrayHostWatcher | undefined;

const look = async (address: string | undefined): Promise<TrayHostWatcher> => {
  watch = createTrayHostWatcher(address, silentLogger);
  await watch.ready;
  return watch;
};
const becomes = (host: TrayHostWatcher, value: boolean): Promise<true> =>
  eventually(`hasHost ${value}`, () => host.hasHost() === value);

beforeEach(async () => {
  bus = await startSessionBus();
});
afterEach(async () => {
  watch?.dispose();
  panel?.stop();
  watch = undefined;
  panel = undefined;
  await bus.stop();
});

describe('the tray host watch', () => {
  it('sees a host that is there already', async () => {
    panel = await startTrayWatcher(bus.address);
    expect((await look(bus.address)).hasHost()).toBe(true);
  });

  it('sees that a watcher without a host draws nothing', async () => {
    panel = await startTrayWatcher(bus.address, false);
    const host = await look(bus.address);
    expect(host.hasHost()).toBe(false);
    panel.setHost(true);
    await becomes(host, true);
    panel.setHost(false);
    await becomes(host, false);
  });

  it('follows a panel that starts later and one that dies', async () => {
    const host = await look(bus.address);
    const seen: boolean[] = [];
    host.onChange((value) => seen.push(value));
    expect(host.hasHost()).toBe(false);
    panel = await startTrayWatcher(bus.address);
    await becomes(host, true);
    panel.stop();
    await becomes(host, false);
    expect(seen).toEqual([true, false]);
  });

  it('has no host when the bus goes away', async () => {
    panel = await startTrayWatcher(bus.address);
    const host = await look(bus.address);
    await bus.stop();
    await becomes(host, false);
  });

  it.each([undefined, '', 'unix:path=/nowhere/bus', 'tcp:host=127.0.0.1', 'nonsense'])(
    'has no host and does not fail with the address %s',
    async (address) => {
      expect((await look(address)).hasHost()).toBe(false);
    },
  );

  it('is on the bus for others under the name it was given', async () => {
    const connection = await connectBus(bus.address);
    const args = [`--address=${bus.address}`, '--list', '--no-legend'];
    const list = spawnSync('busctl', args, { encoding: 'utf8' });
    connection.close();
    expect(list.stdout).toContain(connection.name);
  });
});
