// A screen without VNC on a real VirtualBox: its picture as an RFB client gets it, and keys that reach the guest; with
// the web service, and by VBoxManage alone.
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toVmId, type VmId } from '../../../../shared/model/brand.ts';
import { probeMachine, type ProbeMachine } from '../__fixtures__/probe-machine.ts';
import { consoleWorld, enterScreen, type ConsoleWorld } from './__fixtures__/world.ts';
import { createGuestInput } from './guest-input.ts';
import { pictureScreen } from './picture-screen.ts';
import { decodePng, pngSize, type Pixels } from './png-pixels.ts';
import { encodings } from './rfb-messages.ts';
import { createPictures } from './screen-pictures.ts';

let world: ConsoleWorld;
let machine: ProbeMachine;
let vm: VmId;
beforeAll(async () => {
  world = await consoleWorld();
  machine = await probeMachine(world.real, 'pictures');
  vm = toVmId(machine.id);
  expect((await machine.start()).kind).toBe('running');
  world.setPower(vm, 'running');
});
beforeEach(() => machine.says(/^READY\r$/m));
afterAll(() => world?.dispose());

const openPictures = (): Duplex =>
  pictureScreen({
    name: 'pictures',
    takePicture: () => createPictures(world.machines)(vm),
    input: createGuestInput(world.machines, vm),
    hasEnded: () => world.machines.powerOf(vm) !== 'running',
  });

const uint16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
};

interface Client {
  readonly width: number;
  readonly height: number;
  /** The next update's pictures. */
  readonly frame: (isIncremental?: boolean) => Promise<{ readonly png?: Buffer; raw?: Buffer }>;
  readonly key: (keysym: number) => void;
  readonly point: (x: number, y: number, buttons: number) => void;
  readonly stream: Duplex;
}

const enter = async (stream: Duplex, list: readonly number[]): Promise<Client> => {
  const { width, height, take } = await enterScreen(stream);
  const numbers = Buffer.alloc(list.length * 4);
  list.forEach((value, index) => numbers.writeInt32BE(value, index * 4));
  stream.write(Buffer.concat([Buffer.from([2, 0]), uint16(list.length), numbers]));
  return {
    width,
    height,
    stream,
    frame: async (isIncremental = false) => {
      const area = uint16(0, 0, width, height);
      stream.write(Buffer.concat([Buffer.from([3, isIncremental ? 1 : 0]), area]));
      const count = (await take(4)).readUInt16BE(2);
      const found: { png?: Buffer; raw?: Buffer } = {};
      for (let rect = 0; rect < count; rect += 1) {
        const head = await take(12);
        const encoding = head.readInt32BE(8);
        if (encoding === encodings.raw) {
          found.raw = await take(head.readUInt16BE(4) * head.readUInt16BE(6) * 4);
        } else if (encoding === encodings.tightPng) {
          expect(await take(1)).toEqual(Buffer.from([0xa0]));
          let length = 0;
          for (let shift = 0; shift < 21; shift += 7) {
            const byte = (await take(1))[0] ?? 0;
            length |= (byte & (shift === 14 ? 0xff : 0x7f)) << shift;
            if (byte < 0x80 || shift === 14) break;
          }
          found.png = await take(length);
        } else {
          expect(encoding).toBe(encodings.extendedKeys);
        }
      }
      return found;
    },
    key: (keysym) => {
      for (const isDown of [1, 0]) {
        stream.write(Buffer.concat([Buffer.from([4, isDown, 0, 0]), uint16(0, keysym)]));
      }
    },
    point: (x, y, buttons) =>
      stream.write(Buffer.concat([Buffer.from([5, buttons]), uint16(x, y)])),
  };
};
const wanted = [encodings.tightPng, encodings.raw, encodings.desktopSize, encodings.extendedKeys];

const pixelsOf = (png: Buffer | Uint8Array | undefined): Pixels => {
  const pixels = png && decodePng(png);
  if (!pixels) throw new Error('no picture');
  return pixels;
};
const coloursOf = ({ rgbx }: Pixels): number => {
  const seen = new Set<number>();
  for (let at = 0; at < rgbx.length; at += 4) seen.add(rgbx.readUIntBE(at, 3));
  return seen.size;
};

describe.each([
  ['with the web service', true],
  ['by VBoxManage alone', false],
])('%s', (_name, hasService) => {
  beforeEach(() => world.setService(hasService));

  it('shows what a screenshot shows, and the next picture only when it changes', async () => {
    const client = await enter(openPictures(), wanted);
    const first = await client.frame();
    const shot = await createPictures(world.machines)(vm);
    expect(pngSize(first.png ?? Buffer.alloc(0))).toEqual(pngSize(shot));
    expect(pngSize(shot)).toEqual({ width: client.width, height: client.height });
    expect(Buffer.compare(first.png ?? Buffer.alloc(0), shot)).toBe(0);
    expect(coloursOf(pixelsOf(first.png))).toBeGreaterThan(1);

    let isHere = false;
    const next = client.frame(true).then((frame) => {
      isHere = true;
      return frame;
    });
    await createPictures(world.machines)(vm);
    expect(isHere).toBe(false);
    client.key(0x78);
    expect(pixelsOf((await next).png).rgbx.equals(pixelsOf(first.png).rgbx)).toBe(false);
    client.stream.destroy();
  });

  it('passes keys on: characters, with shift and without, and keys that have none', async () => {
    const client = await enter(openPictures(), wanted);
    const from = machine.serial().length;
    for (const char of 'hV?1') client.key(char.charCodeAt(0));
    client.key(0xff52);
    client.key(0xff1b);
    const said = (): string => machine.serial().slice(from);
    await expect.poll(said, { timeout: 120_000 }).toMatch(/key 0x01\r/);
    const pressed = [...said().matchAll(/key 0x(\w+)(?: (\S))?\r/g)].map((row) => row.slice(1));
    // prettier-ignore
    expect(pressed).toEqual([['23', 'h'], ['2f', 'V'], ['35', '?'], ['02', '1'], ['e048', undefined], ['01', undefined]]);
    client.stream.destroy();
  });
});

it('draws raw pixels for a client that knows nothing else', async () => {
  world.setService(true);
  const client = await enter(openPictures(), [encodings.raw]);
  const { raw } = await client.frame();
  const shot = pixelsOf(await createPictures(world.machines)(vm));
  expect(raw?.equals(shot.rgbx)).toBe(true);
  client.stream.destroy();
});

it('is the screen of a machine whose VNC cannot be had, and takes the pointer', async () => {
  world.setService(false);
  const displays = world.newDisplays();
  const client = await enter(await displays.facet.open(vm, 'screen'), wanted);
  world.setService(true);
  client.point(10, 10, 0);
  client.point(20, 15, 1);
  client.point(20, 15, 0);
  expect((await client.frame()).png).toBeDefined();
  expect(world.log()).not.toContain('input did not reach the guest');
  const picture = await displays.facet.screenshot(vm);
  expect(pngSize(picture)).toEqual({ width: client.width, height: client.height });
  await machine.powerOff();
  world.setPower(vm, 'off');
  // Nothing more to show: the stream ends.
  client.stream.write(Buffer.concat([Buffer.from([3, 1]), uint16(0, 0, 1, 1)]));
  await expect.poll(() => client.stream.destroyed, { timeout: 120_000 }).toBe(true);
});
