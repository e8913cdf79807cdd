// Serial ports on a real VirtualBox: bytes both ways over the machine's own socket, what was said before anybody
// looked, a manager that comes back, and ports that are not ours.
import { existsSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toVmId, type VmId } from '../../../../shared/model/brand.ts';
import { probeMachine, type ProbeMachine } from '../__fixtures__/probe-machine.ts';
import { readMachine } from '../launch.ts';
import { valueOf } from '../parse-vminfo.ts';
import { consoleWorld, type ConsoleWorld } from './__fixtures__/world.ts';
import type { RemoteDisplays } from './remote-display.ts';
import { serialPath } from './serial-path.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await consoleWorld();
});
afterAll(() => world?.dispose());

const { signal } = new AbortController();
const limit = { timeout: 120_000 };

const start = async (displays: RemoteDisplays, machine: ProbeMachine): Promise<VmId> => {
  const vm = toVmId(machine.id);
  const prepared = await displays.prepare(vm, signal);
  const outcome = await machine.start();
  if (outcome.kind !== 'running') throw new Error(JSON.stringify(outcome.problem));
  world.setPower(vm, 'running');
  await prepared.settle();
  return vm;
};
const history = async (displays: RemoteDisplays, vm: VmId): Promise<string> =>
  Buffer.from(await displays.facet.serialHistory(vm)).toString('latin1');
const heard = (stream: Duplex): (() => string) => {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  return () => text;
};
const portWords = (mode: readonly string[]): readonly string[] => ['--uart-mode1', ...mode];

it('hears the guest from the start, talks to it, and comes back', async () => {
  const vmPath = (vm: VmId): string => serialPath(world.machines.ctx.paths, vm);
  const machine = await probeMachine(world.real, 'serial');
  const vm = toVmId(machine.id);
  // Made in another session: the run-time folder was elsewhere.
  const old = `/run/user/1/polyvisor/${vm.slice(0, 8)}/serial`;
  await world.real.manage.change(['modifyvm', vm, ...portWords(['server', old])]);
  const displays = world.newDisplays();
  await start(displays, machine);
  const { pairs } = await readMachine(world.real.manage, vm);
  expect(valueOf(pairs, 'uartmode1')).toBe(`server,${vmPath(vm)}`);

  await expect.poll(() => history(displays, vm), limit).toMatch(/^READY\r$/m);
  expect(await history(displays, vm)).toMatch(/POLYVISOR PROBE 1/);
  const stream = await displays.facet.open(vm, 'serial');
  const second = await displays.facet.open(vm, 'serial');
  const [said, saidToSecond] = [heard(stream), heard(second)];
  stream.write('t');
  await expect.poll(said, limit).toMatch(/tick \d+\r\n/);
  await expect.poll(saidToSecond, limit).toMatch(/tick \d+\r\n/);
  second.destroy();
  stream.write('b');
  await expect.poll(said, limit).toMatch(/burst done\r\n/);
  const numbers = [...said().matchAll(/^burst (\d+)\r$/gm)].map((row) => Number(row[1]));
  expect(numbers).toEqual(Array.from({ length: 2000 }, (_, index) => index));
  expect(await history(displays, vm)).toMatch(/burst done/);

  // A manager ends, the next one takes over; the machine never noticed.
  await displays.dispose();
  expect(stream.destroyed).toBe(true);
  const next = world.newDisplays();
  await next.recover([vm]);
  const again = await next.facet.open(vm, 'serial');
  const saidAgain = heard(again);
  again.write('t');
  await expect.poll(saidAgain, limit).toMatch(/tick \d+\r\n/);

  await machine.powerOff();
  world.setPower(vm, 'off');
  await next.ended(vm);
  // Nothing of the run is left in the machine, so that VirtualBox's own window can start it.
  const after = await readMachine(world.real.manage, vm);
  expect(valueOf(after.pairs, 'uartmode1')).toBe('disconnected');
  await expect.poll(() => again.destroyed, limit).toBe(true);
  // A socket left behind does not keep it from starting again.
  await start(next, machine);
  await expect.poll(() => history(next, vm), limit).toMatch(/^READY\r$/m);
  expect(existsSync(vmPath(vm))).toBe(true);
  await machine.powerOff();
  world.setPower(vm, 'off');
  await next.ended(vm);
});

it('reads along with a file, and leaves what belongs to others alone', async () => {
  const displays = world.newDisplays();
  const inFile = await probeMachine(world.real, 'file');
  const vm = await start(displays, inFile);
  await inFile.says(/^READY\r$/m);
  expect(await history(displays, vm)).toBe(inFile.serial());
  const stream = await displays.facet.open(vm, 'serial');
  const said = heard(stream);
  stream.write('ignored');
  await world.real.manage.change(['controlvm', vm, 'keyboardputscancode', '14', '94']);
  await expect.poll(said, limit).toMatch(/tick \d+\r\n/);
  await inFile.powerOff();
  world.setPower(vm, 'off');
  await displays.ended(vm);
  expect(stream.destroyed).toBe(true);

  const foreign = toVmId((await probeMachine(world.real, 'foreign')).id);
  const { manage } = world.real;
  world.setPower(foreign, 'running');
  const opening = async (): Promise<unknown> =>
    displays.facet.open(foreign, 'serial').then(
      () => 'open',
      (error: { error?: { code: string; params: { reason: string } } }) => [
        error.error?.code,
        error.error?.params.reason,
      ],
    );
  await manage.change(['modifyvm', foreign, ...portWords(['server', '/run/somebody'])]);
  expect(await opening()).toEqual([
    'console/unavailable',
    'Its serial port belongs to another program (/run/somebody).',
  ]);
  await manage.change(['modifyvm', foreign, ...portWords(['tcpserver', '2999'])]);
  expect(await opening()).toEqual([
    'console/unavailable',
    'Its serial port is connected elsewhere (tcpserver,2999).',
  ]);
  await manage.change(['modifyvm', foreign, '--uart1', 'off']);
  expect(await opening()).toEqual(['console/unavailable', 'It has no serial port.']);
  expect(await history(displays, foreign)).toBe('');
});
