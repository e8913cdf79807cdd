// VirtualBox's VNC server, for real: on loopback with a password that only the web service sees, nothing on port
// 5900, and nothing of ours in the machine's settings once it has ended, however it ended.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toVmId, type VmId } from '../../../../shared/model/brand.ts';
import { probeMachine, type ProbeMachine } from '../__fixtures__/probe-machine.ts';
import { readMachine, waitForLock } from '../launch.ts';
import { consoleWorld, enterScreen, type ConsoleWorld } from './__fixtures__/world.ts';
import type { RemoteDisplays } from './remote-display.ts';
import { connectVnc } from './vnc-connect.ts';
import { extraVncPort, isOpenToAll, listenersOn, type HoldPort } from './vnc-guard.ts';
import { readVrde } from './vrde-settings.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await consoleWorld();
});
afterAll(() => world?.dispose());

const { signal } = new AbortController();

/** Starts it as the driver does. */
const start = async (
  displays: RemoteDisplays,
  machine: ProbeMachine,
): Promise<{ readonly vm: VmId; readonly pid: number }> => {
  const vm = toVmId(machine.id);
  const prepared = await displays.prepare(vm, signal);
  const outcome = await machine.start();
  if (outcome.kind !== 'running') throw new Error(JSON.stringify(outcome.problem));
  world.setPower(vm, 'running');
  await prepared.settle();
  return { vm, pid: outcome.pid };
};
const settingsOf = async (vm: VmId): Promise<string> =>
  readFileSync((await readMachine(world.real.manage, vm)).settingsFile, 'utf8');
const remoteDisplay = (settings: string): string =>
  (
    /<RemoteDisplay[^>]*\/>|<RemoteDisplay[\s\S]*?<\/RemoteDisplay>/.exec(settings)?.[0] ?? ''
  ).replaceAll(/>\s+</g, '><');
/** A port cannot be unset, so VirtualBox's default one is named. */
const nothingOfOurs =
  '<RemoteDisplay><VRDEProperties><Property name="TCP/Ports" value="3389"/></VRDEProperties></RemoteDisplay>';
/** Every command line of this computer. */
const commandLines = (): string =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
const openToAll = async (): Promise<readonly string[]> =>
  (await listenersOn(extraVncPort)).filter(isOpenToAll).map((row) => row.address);

/** Asks for the whole screen and reads one raw update, as the server's own pixels. */
const readFrame = async (
  stream: Awaited<ReturnType<RemoteDisplays['facet']['open']>>,
): Promise<{ readonly width: number; readonly height: number; readonly colours: number }> => {
  const { width, height, take } = await enterScreen(stream);
  stream.write(Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]));
  const request = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  request.writeUInt16BE(width, 6);
  request.writeUInt16BE(height, 8);
  stream.write(request);
  const seen = new Set<number>();
  let covered = 0;
  while (covered < width * height) {
    const head = await take(4);
    expect(head[0]).toBe(0);
    for (let rect = 0; rect < head.readUInt16BE(2); rect += 1) {
      const where = await take(12);
      expect(where.readInt32BE(8)).toBe(0);
      const pixels = await take(where.readUInt16BE(4) * where.readUInt16BE(6) * 4);
      for (let at = 0; at < pixels.length; at += 4) seen.add(pixels.readUInt32LE(at) & 0xffffff);
      covered += pixels.length / 4;
    }
  }
  return { width, height, colours: seen.size };
};

it('shows the guest by VNC on loopback, and leaves no trace in the settings', async () => {
  const machine = await probeMachine(world.real, 'vnc');
  const displays = world.newDisplays();
  const { vm } = await start(displays, machine);
  await machine.says(/^READY\r$/m);

  const now = await readVrde(world.api, vm);
  expect(world.log()).not.toMatch(/"level":"(warn|error)"/);
  expect(now).toMatchObject({ isEnabled: true, pack: 'VNC', address: '127.0.0.1' });
  expect(now.password).toMatch(/^[!-~]{8}$/);
  const port = Number(now.port);
  expect((await listenersOn(port)).map((row) => row.address)).toEqual(['0100007F']);
  expect(await openToAll()).toEqual([]);
  expect(await listenersOn(extraVncPort)).toEqual([]);
  expect(world.warnings).toEqual([]);

  const stream = await displays.facet.open(vm, 'screen');
  const frame = await readFrame(stream);
  const picture = Buffer.from(await displays.facet.screenshot(vm));
  expect(frame).toMatchObject({
    width: picture.readUInt32BE(16),
    height: picture.readUInt32BE(20),
  });
  // Text on a background.
  expect(frame.colours).toBeGreaterThan(1);
  // A second one does not disturb the first.
  const second = await displays.facet.open(vm, 'screen');
  await enterScreen(second);
  expect(stream.destroyed).toBe(false);
  stream.destroy();
  second.destroy();

  const refused = connectVnc({ host: '127.0.0.1', port, password: 'wrong' });
  await expect(refused).rejects.toMatchObject({ name: 'RfbRefusal', kind: 'password' });
  const empty = connectVnc({ host: '127.0.0.1', port, password: '' });
  await expect(empty).rejects.toMatchObject({ kind: 'password' });

  expect(commandLines()).not.toContain(now.password);
  expect(world.log()).not.toContain(now.password);
  // VirtualBox may write it to the settings while the machine runs; nobody else can read those.
  expect(statSync((await readMachine(world.real.manage, vm)).settingsFile).mode & 0o077).toBe(0);
  expect(readdirSync(`${world.real.home}/p/s`, { recursive: true }).join()).toContain(vm);

  await machine.powerOff();
  world.setPower(vm, 'off');
  await displays.ended(vm);
  expect(remoteDisplay(await settingsOf(vm))).toBe(nothingOfOurs);
  await expect.poll(() => listenersOn(port)).toEqual([]);
  await expect(displays.facet.open(vm, 'screen')).rejects.toMatchObject({
    error: { code: 'console/unavailable' },
  });
  expect(world.log()).not.toContain(now.password);
});

it('takes another password and port each time, and clears what a saved state wrote down', async () => {
  const machine = await probeMachine(world.real, 'saved');
  const displays = world.newDisplays();
  const { vm } = await start(displays, machine);
  const first = await readVrde(world.api, vm);
  await world.real.manage.change(['controlvm', vm, 'savestate']);
  await waitForLock(world.real.manage, vm);
  // VirtualBox itself saves all settings with the state.
  expect(await settingsOf(vm)).toContain('name="VNCPassword"');
  world.setPower(vm, 'saved');
  await displays.ended(vm);
  expect(remoteDisplay(await settingsOf(vm))).toBe(nothingOfOurs);
  expect((await readMachine(world.real.manage, vm)).state).toBe('saved');
  await start(displays, machine);
  const second = await readVrde(world.api, vm);
  expect(second.password).not.toBe(first.password);
  expect(second.port).not.toBe(first.port);
  await enterScreen(await displays.facet.open(vm, 'screen'));
  await machine.powerOff();
  world.setPower(vm, 'off');
  await displays.ended(vm);
});

it.each([
  ['with', true],
  ['without', false],
])('is put back after a crash of the machine and of ours, %s the web service', async (_w, has) => {
  const machine = await probeMachine(world.real, `crash ${has}`);
  const { vm, pid } = await start(world.newDisplays(), machine);
  const { password } = await readVrde(world.api, vm);

  const next = world.newDisplays();
  await next.recover([vm]);
  await enterScreen(await next.facet.open(vm, 'screen'));
  expect((await readVrde(world.api, vm)).password).toBe(password);
  expect(await openToAll()).toEqual([]);

  // Another tool saves the settings of the running machine, and ours with them.
  await world.real.manage.change(['setextradata', vm, 'somebody', 'else']);
  expect(await settingsOf(vm)).toContain('name="VNCPassword"');
  process.kill(pid, 'SIGKILL');
  await expect
    .poll(async () => (await readMachine(world.real.manage, vm)).state, { timeout: 120_000 })
    .toBe('aborted');
  await waitForLock(world.real.manage, vm);
  world.setPower(vm, 'crashed');
  world.setService(has);
  await world.newDisplays().recover([vm]);
  world.setService(true);
  const settings = await settingsOf(vm);
  expect(remoteDisplay(settings)).toBe(nothingOfOurs);
  expect(await readVrde(world.api, vm)).toMatchObject({
    isEnabled: false,
    password: '',
    address: '',
  });
  expect(world.log()).not.toContain(password);
});

it('gives a machine started by somebody else a console, and tells when the port stays open', async () => {
  const machine = await probeMachine(world.real, 'foreign');
  const vm = toVmId(machine.id);
  expect((await machine.start()).kind).toBe('running');
  world.setPower(vm, 'running');
  // Nobody holds the port: as on a computer where it cannot be held.
  const hold: HoldPort = () =>
    Promise.resolve({ isHeld: () => false, release: () => Promise.resolve() });
  const unguarded = world.newDisplays({ hold });
  await enterScreen(await unguarded.facet.open(vm, 'screen'));
  expect(await openToAll()).toEqual(['0'.repeat(32)]);
  expect(world.warnings).toMatchObject([
    { code: 'virtualbox/vnc-exposed', params: { port: extraVncPort } },
  ]);
  await machine.powerOff();
  world.setPower(vm, 'off');
  await unguarded.ended(vm);
});

it.each(['owner', ''])('guards and uses a display of its owner: password "%s"', async (own) => {
  const machine = await probeMachine(world.real, `owner${own}`);
  const vm = toVmId(machine.id);
  const port = 40_000 + (process.pid % 20_000);
  // prettier-ignore
  await world.real.manage.change(['modifyvm', vm, '--vrde', 'on', '--vrde-address', '127.0.0.1', '--vrde-port', String(port), '--vrde-property', `VNCPassword=${own}`]);
  const before = remoteDisplay(await settingsOf(vm));
  expect(before.includes('VNCPassword')).toBe(own !== '');
  const displays = world.newDisplays();
  await start(displays, machine);
  expect(await openToAll()).toEqual([]);
  expect((await listenersOn(port)).map((row) => row.address)).toEqual(['0100007F']);
  await enterScreen(await displays.facet.open(vm, 'screen'));
  const now = await readVrde(world.api, vm);
  expect(now.port).toBe(String(port));
  expect(now.password).toMatch(own === '' ? /^[!-~]{8}$/ : /^owner$/);
  await machine.powerOff();
  world.setPower(vm, 'off');
  await displays.ended(vm);
  expect(remoteDisplay(await settingsOf(vm))).toBe(before);
});

it('guards one start at a time, and puts back what a start that failed was given', async () => {
  const displays = world.newDisplays();
  const [one, two] = [await probeMachine(world.real, 'one'), await probeMachine(world.real, 'two')];
  const [first, second] = [toVmId(one.id), toVmId(two.id)];
  const prepared = await displays.prepare(first, signal);
  expect(await readVrde(world.api, first)).toMatchObject({ isEnabled: true, address: '127.0.0.1' });
  const held = (await listenersOn(extraVncPort)).map((row) => row.address);
  expect(held).toEqual(['00000000000000000000000001000000']);
  let isSecondReady = false;
  const stop = new AbortController();
  const waiting = displays.prepare(second, stop.signal).then((ready) => {
    isSecondReady = true;
    return ready;
  });
  // As long as a start of its own takes.
  await readVrde(world.api, second);
  await world.real.manage.read(['list', 'extpacks']);
  expect(isSecondReady).toBe(false);
  await prepared.abandon();
  expect(remoteDisplay(await settingsOf(first))).toBe(nothingOfOurs);
  await waiting;
  expect(await listenersOn(extraVncPort)).toHaveLength(1);
  stop.abort();
  await expect.poll(() => listenersOn(extraVncPort)).toEqual([]);
  await (await waiting).abandon();
  expect(await readVrde(world.api, second)).toMatchObject({ isEnabled: false, password: '' });
});

it('forgets what it would put back when the machine itself is gone', async () => {
  const machine = await probeMachine(world.real, 'gone');
  const vm = toVmId(machine.id);
  const displays = world.newDisplays();
  const prepared = await displays.prepare(vm, signal);
  await world.real.manage.change(['unregistervm', vm, '--delete']);
  await prepared.abandon();
  expect(readdirSync(`${world.real.home}/p/s/virtualbox/displays`)).toEqual([]);
});
