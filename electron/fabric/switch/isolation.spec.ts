// Whatever frames come to whatever ports: none is seen in a VLAN that it does not belong to. The property is stated
// without the switch's own code.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Vlan } from '../../../shared/model/network.ts';
import { frameOf, plug, type TestPort } from '../testing/frames.ts';
import { createSwitch } from './switch.ts';

// Few tags and addresses, so that they meet.
const tag = fc.integer({ min: 1, max: 4 });
const vlan: fc.Arbitrary<Vlan | undefined> = fc.oneof(
  fc.constant(undefined),
  tag.map((one): Vlan => ({ mode: 'access', tag: one })),
  fc
    .record({ tags: fc.uniqueArray(tag, { minLength: 1 }), native: fc.option(tag) })
    .map(({ tags, native }): Vlan =>
      native === null ? { mode: 'trunk', tags } : { mode: 'trunk', tags, native },
    ),
);
const station = fc.integer({ min: 1, max: 5 }).map((n) => `52:54:00:00:00:0${n}`);
const outerTag = fc.oneof(
  fc.record({ tci: fc.nat({ max: 5 }), type: fc.constantFrom(0x8100, 0x88a8) }),
  fc.record({ tci: fc.nat({ max: 0xffff }), type: fc.constant(0x8100) }),
);
const traffic = fc.record({
  at: fc.nat({ max: 5 }),
  to: fc.oneof(station, fc.constantFrom('ff:ff:ff:ff:ff:ff', '33:33:00:00:00:05')),
  from: station,
  tags: fc.array(outerTag, { maxLength: 2 }),
  cutTo: fc.option(fc.nat({ max: 30 })),
  change: fc.option(vlan),
});

/** VLAN that a station on this cable takes the frame for; 'none': untagged without a VLAN; undefined: for nobody. */
const meaning = (where: Vlan | undefined, frame: Buffer): number | 'none' | undefined => {
  const type = frame.length >= 14 ? frame.readUInt16BE(12) : 0;
  if (type === 0x88a8) return undefined;
  const vid = type === 0x8100 && frame.length >= 18 ? frame.readUInt16BE(14) & 0x0fff : 0;
  if (type === 0x8100 && vid !== 0) {
    return where?.mode === 'trunk' && where.tags.includes(vid) ? vid : undefined;
  }
  if (where === undefined) return 'none';
  return where.mode === 'access' ? where.tag : where.native;
};

it('no frame is ever seen in another VLAN', () => {
  let seen = 0;
  fc.assert(
    fc.property(
      fc.array(vlan, { minLength: 6, maxLength: 6 }),
      fc.array(traffic, { minLength: 1, maxLength: 40 }),
      (vlans, frames) => {
        const home = createSwitch({ ageMs: 1000, entries: 6, perPort: 3 });
        const settings = [...vlans];
        const ports: readonly TestPort[] = vlans.map((one) => plug(home, one));
        for (const { at, change, cutTo, ...parts } of frames) {
          if (change !== null) {
            settings[at] = change;
            ports[at]!.port.set({ vlan: change, isCableConnected: true });
          }
          const whole = frameOf({ ...parts, payload: 'payload' });
          const frame = cutTo === null ? whole : whole.subarray(0, cutTo);
          ports[at]!.send(frame);
          const sent = meaning(settings[at], frame);
          ports.forEach(({ got }, index) => {
            for (const one of got.splice(0)) {
              seen += 1;
              expect(index).not.toBe(at);
              expect(sent).not.toBe(undefined);
              expect(meaning(settings[index], one)).toBe(sent);
            }
          });
        }
      },
    ),
    { numRuns: 1500 },
  );
  // A switch that forwards nothing would pass as well.
  expect(seen).toBeGreaterThan(1000);
});
