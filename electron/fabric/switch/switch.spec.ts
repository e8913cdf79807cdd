// The switch frame by frame: learning, VLANs and their tags, what is dropped, limits.
import { describe, expect, it, vi } from 'vitest';
import type { Vlan } from '../../../shared/model/network.ts';
import { bodyOf, everybody, frameOf, plug, switchAt } from '../testing/frames.ts';
import { createSwitch } from './switch.ts';

const a = '52:54:00:00:00:0a';
const b = '52:54:00:00:00:0b';
const c = '52:54:00:00:00:0c';
const access = (tag: number): Vlan => ({ mode: 'access', tag });
const trunk = (tags: number[], native?: number): Vlan =>
  native === undefined ? { mode: 'trunk', tags } : { mode: 'trunk', tags, native };

describe('learning', () => {
  it('floods what it does not know and then sends to one port', () => {
    const home = createSwitch();
    const [one, two, three] = [plug(home), plug(home), plug(home)];
    one.send(frameOf({ to: b, from: a }));
    expect([two.got.length, three.got.length, one.got.length]).toEqual([1, 1, 0]);
    two.send(frameOf({ to: a, from: b }));
    expect([one.got.length, three.got.length]).toEqual([1, 1]);
    one.send(frameOf({ to: everybody, from: a }));
    one.send(frameOf({ to: '33:33:00:00:00:01', from: a }));
    expect([two.got.length, three.got.length]).toEqual([3, 3]);
  });

  it('follows an address to another port, forgets after a while and with the port', () => {
    const clock = { now: 0 };
    const home = switchAt(clock);
    const [one, two, three] = [plug(home), plug(home), plug(home)];
    one.send(frameOf({ to: everybody, from: a }));
    two.send(frameOf({ to: everybody, from: a }));
    three.send(frameOf({ to: a, from: c }));
    expect([one.got.length, two.got.length]).toEqual([1, 2]);
    clock.now = 1001;
    three.send(frameOf({ to: a, from: c }));
    expect([one.got.length, two.got.length]).toEqual([2, 3]);
    one.send(frameOf({ to: everybody, from: a }));
    one.port.dispose();
    three.send(frameOf({ to: a, from: c }));
    expect(two.got.length).toBe(5);
    expect(one.got.length).toBe(2);
  });

  it('learns per VLAN: one address may be in two of them', () => {
    const home = createSwitch();
    const [ten, twenty] = [plug(home, access(10)), plug(home, access(20))];
    const both = plug(home, trunk([10, 20]));
    ten.send(frameOf({ to: everybody, from: a }));
    twenty.send(frameOf({ to: everybody, from: a }));
    both.send(frameOf({ to: a, from: b, tags: [10] }));
    both.send(frameOf({ to: a, from: b, tags: [20] }));
    expect([ten.got.length, twenty.got.length]).toEqual([1, 1]);
  });

  it('keeps what a port may make it learn below a limit, and floods the rest', () => {
    const clock = { now: 0 };
    const home = switchAt(clock);
    const [one, two, three] = [plug(home), plug(home), plug(home)];
    for (let i = 1; i < 100; i += 1) {
      const from = `52:54:00:00:01:${i.toString(16).padStart(2, '0')}`;
      one.send(frameOf({ to: everybody, from }));
    }
    expect(home.addressCount()).toBe(4);
    two.send(frameOf({ to: everybody, from: b }));
    expect(home.addressCount()).toBe(5);
    const seen = two.got.length;
    three.send(frameOf({ to: '52:54:00:00:01:50', from: c }));
    expect(two.got.length).toBe(seen + 1);
    // Old ones make room.
    clock.now = 2000;
    one.send(frameOf({ to: everybody, from: a }));
    expect(home.addressCount()).toBeLessThanOrEqual(5);
    three.send(frameOf({ to: a, from: c }));
    expect(two.got.length).toBe(seen + 2);
  });
});

describe('VLANs', () => {
  it('tags towards a trunk and strips towards an access port', () => {
    const home = createSwitch();
    const [ten, other, both] = [
      plug(home, access(10)),
      plug(home, access(20)),
      plug(home, trunk([10, 20])),
    ];
    const plain = plug(home);
    ten.send(frameOf({ to: everybody, from: a }));
    expect(both.got.map(bodyOf)).toEqual(['8100000a080068656c6c6f']);
    expect([other.got, plain.got]).toEqual([[], []]);
    both.send(frameOf({ to: everybody, from: b, tags: [0x600a] }));
    expect(ten.got.map(bodyOf)).toEqual(['080068656c6c6f']);
    expect(other.got).toEqual([]);
    both.send(frameOf({ to: everybody, from: b }));
    both.send(frameOf({ to: everybody, from: b, tags: [30] }));
    expect(both.port.counters().dropped).toBe(2);
  });

  it('passes frames between trunks as they are, with double tags and priority', () => {
    const home = createSwitch();
    const [one, two] = [plug(home, trunk([10])), plug(home, trunk([10]))];
    const frames = [
      frameOf({ to: everybody, from: a, tags: [10, 20] }),
      frameOf({ to: everybody, from: a, tags: [0xe00a] }),
      frameOf({ to: everybody, from: a, tags: [10, { type: 0x88a8, tci: 5 }] }),
    ];
    for (const frame of frames) one.send(frame);
    expect(two.got).toEqual(frames);
  });

  it('has a native VLAN for untagged frames of a trunk, and no way round it by double tags', () => {
    const home = createSwitch();
    const [native, ten, far] = [
      plug(home, trunk([20], 10)),
      plug(home, access(10)),
      plug(home, trunk([10, 20])),
    ];
    native.send(frameOf({ to: everybody, from: a }));
    expect(ten.got.map(bodyOf)).toEqual(['080068656c6c6f']);
    expect(far.got.map(bodyOf)).toEqual(['8100000a080068656c6c6f']);
    // The native VLAN is not one of its tags.
    native.send(frameOf({ to: everybody, from: a, tags: [10] }));
    expect(ten.got.length).toBe(1);
    // Stripped of 10 it would arrive as VLAN 20.
    far.send(frameOf({ to: everybody, from: b, tags: [10, 20] }));
    expect([native.got.length, ten.got.length]).toEqual([0, 1]);
    expect([native.port.counters().dropped, ten.port.counters().dropped]).toEqual([2, 1]);
  });

  it('takes VLAN 0 as untagged and keeps its priority on trunks, unless another tag hides behind', () => {
    const home = createSwitch();
    const [ten, peer, both, plain, plainPeer] = [
      plug(home, access(10)),
      plug(home, access(10)),
      plug(home, trunk([10], 20)),
      plug(home),
      plug(home),
    ];
    ten.send(frameOf({ to: everybody, from: a, tags: [0xa000] }));
    expect(peer.got.map(bodyOf)).toEqual(['080068656c6c6f']);
    expect(both.got.map(bodyOf)).toEqual(['8100a00a080068656c6c6f']);
    ten.send(frameOf({ to: everybody, from: a, tags: [0, 20] }));
    expect([peer.got.length, both.got.length]).toEqual([1, 1]);
    plain.send(frameOf({ to: everybody, from: b, tags: [0] }));
    expect(plainPeer.got.map(bodyOf)).toEqual(['080068656c6c6f']);
    plain.send(frameOf({ to: everybody, from: b, tags: [10] }));
    plain.send(frameOf({ to: everybody, from: b, tags: [{ type: 0x88a8, tci: 10 }] }));
    expect(plainPeer.got.length).toBe(1);
    expect(plain.port.counters().dropped).toBe(2);
  });

  it('takes up a new VLAN at once and forgets the old one', () => {
    const home = createSwitch();
    const [one, two] = [plug(home, access(10)), plug(home, access(10))];
    two.send(frameOf({ to: everybody, from: b }));
    two.port.set({ vlan: access(20), isCableConnected: true });
    one.send(frameOf({ to: b, from: a }));
    expect(two.got.length).toBe(0);
    two.port.set({ isCableConnected: true });
    one.port.set({ isCableConnected: true });
    one.send(frameOf({ to: b, from: a }));
    expect(two.got.length).toBe(1);
  });
});

describe('what is not forwarded', () => {
  it.each([
    ['short', Buffer.from('525400000b0a')],
    ['cut within the tag', frameOf({ to: b, from: a, tags: [10] }).subarray(0, 16)],
    ['too long', frameOf({ to: b, from: a, payload: 'x'.repeat(70_000) })],
    ['from a group address', frameOf({ to: b, from: '53:54:00:00:00:0a' })],
    ['from nobody', frameOf({ to: b, from: '00:00:00:00:00:00' })],
    ['spanning tree', frameOf({ to: '01:80:c2:00:00:00', from: a })],
    ['LLDP', frameOf({ to: '01:80:c2:00:00:0e', from: a })],
  ])('%s', (_, frame) => {
    const home = createSwitch();
    const [one, two] = [plug(home), plug(home)];
    one.send(frame);
    expect(two.got).toEqual([]);
    expect(one.port.counters()).toMatchObject({ dropped: 1 });
    expect(home.addressCount()).toBe(0);
  });

  it('but other multicast of that range is', () => {
    const home = createSwitch();
    const [one, two] = [plug(home), plug(home)];
    one.send(frameOf({ to: '01:80:c2:00:00:10', from: a }));
    expect(two.got.length).toBe(1);
  });

  it('anything, both ways, without a cable', () => {
    const home = createSwitch();
    const [one, two] = [plug(home), plug(home)];
    two.port.set({ isCableConnected: false });
    one.send(frameOf({ to: everybody, from: a }));
    two.send(frameOf({ to: everybody, from: b }));
    expect([one.got, two.got]).toEqual([[], []]);
    expect(two.port.counters()).toMatchObject({ rxFrames: 0, txFrames: 0, dropped: 1 });
  });

  it('what a slow machine does not take', () => {
    const home = createSwitch();
    const [one, two] = [plug(home), plug(home, undefined, { room: () => false })];
    one.send(frameOf({ to: everybody, from: a }));
    expect(two.port.counters()).toMatchObject({ txFrames: 0, dropped: 1 });
  });
});

it('counts frames and bytes as they are on the cable', () => {
  const home = createSwitch();
  const [ten, both] = [plug(home, access(10)), plug(home, trunk([10]))];
  const frame = frameOf({ to: everybody, from: a });
  ten.send(frame);
  expect(ten.port.counters()).toEqual({
    ...{ rxFrames: 1, rxBytes: frame.length, txFrames: 0, txBytes: 0, dropped: 0 },
  });
  expect(both.port.counters()).toMatchObject({ txFrames: 1, txBytes: frame.length + 4 });
});

it('shows a tap both directions, with the tags of the cable', () => {
  const home = createSwitch();
  const [ten, both] = [plug(home, access(10)), plug(home, trunk([10]))];
  const seen: string[] = [];
  both.port.setTap((bytes, start, end) => seen.push(bodyOf(bytes.subarray(start, end))));
  ten.send(frameOf({ to: everybody, from: a, payload: 'x' }));
  both.send(frameOf({ to: everybody, from: b, tags: [10], payload: 'y' }));
  both.port.setTap(undefined);
  ten.send(frameOf({ to: everybody, from: a, payload: 'z' }));
  expect(seen).toEqual(['8100000a080078', '8100000a080079']);
});

describe('a bandwidth limit', () => {
  const big = frameOf({ to: everybody, from: a, payload: 'x'.repeat(1000) });
  const limited = { bandwidthKbps: 800 };
  it.each([
    ['lets a machine send', limited, {}],
    ['gives out to the machine', {}, limited],
  ])('%s as fast as allowed, from a queue with an end', (_, sending, receiving) => {
    vi.useFakeTimers();
    try {
      const home = createSwitch(undefined, () => Date.now());
      const [one, two] = [plug(home, undefined, sending), plug(home, undefined, receiving)];
      for (let i = 0; i < 200; i += 1) one.send(big);
      const atOnce = two.got.length;
      const { dropped } = (sending === limited ? one : two).port.counters();
      expect(atOnce).toBeLessThan(30);
      expect(dropped).toBeGreaterThan(80);
      // 100 bytes a millisecond.
      vi.advanceTimersByTime(300);
      expect(two.got.length).toBeGreaterThan(atOnce + 20);
      expect(two.got.length).toBeLessThan(atOnce + 40);
      vi.advanceTimersByTime(5000);
      expect(two.got.length).toBe(200 - dropped);
      if (sending === limited) {
        expect(one.port.counters()).toMatchObject({ rxFrames: 200 - dropped, dropped });
      }
    } finally {
      vi.useRealTimers();
    }
  });
});
