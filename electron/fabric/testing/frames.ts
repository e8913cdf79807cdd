// Frames and switches for tests: built from parts, read back into parts.
import type { Vlan } from '../../../shared/model/network.ts';
import { prefixLength, withPrefix } from '../switch/frame.ts';
import { createSwitch, type Switch, type SwitchPort } from '../switch/switch.ts';

export interface Parts {
  readonly to: string;
  readonly from: string;
  /** Outermost first: VLAN, or VLAN with priority bits and type. */
  readonly tags?: readonly (number | { readonly tci: number; readonly type: number })[];
  readonly type?: number;
  readonly payload?: string;
}

export const everybody = 'ff:ff:ff:ff:ff:ff';
const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');
const word = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

export const frameOf = (parts: Parts): Buffer =>
  Buffer.concat([
    macBytes(parts.to),
    macBytes(parts.from),
    ...(parts.tags ?? []).flatMap((tag) =>
      typeof tag === 'number' ? [word(0x8100), word(tag)] : [word(tag.type), word(tag.tci)],
    ),
    word(parts.type ?? 0x0800),
    Buffer.from(parts.payload ?? 'hello'),
  ]);

/** Hex of what follows the addresses: tags, type, payload. */
export const bodyOf = (frame: Buffer): string => frame.subarray(12).toString('hex');

export interface TestPort {
  readonly port: SwitchPort;
  readonly got: Buffer[];
  readonly send: (frame: Buffer) => void;
}

export const plug = (
  home: Switch,
  vlan?: Vlan,
  options: { room?: () => boolean; bandwidthKbps?: number } = {},
): TestPort => {
  const got: Buffer[] = [];
  const waiting: Buffer[] = [];
  const port = home.addPort({
    vlan,
    isCableConnected: true,
    bandwidthKbps: options.bandwidthKbps,
    output: {
      send: (bytes, start, end) => {
        if (options.room?.() === false) return false;
        if (bytes.readUInt32BE(start - prefixLength) !== end - start) throw new Error('no length');
        waiting.push(Buffer.from(bytes.subarray(start, end)));
        return true;
      },
      flush: () => void got.push(...waiting.splice(0)),
    },
  });
  return {
    port,
    got,
    send: (frame) => {
      const bytes = withPrefix(frame);
      port.receive(bytes, prefixLength, bytes.length);
      port.flush();
    },
  };
};

export const switchAt = (clock: { now: number }): Switch =>
  createSwitch({ ageMs: 1000, entries: 8, perPort: 4 }, () => clock.now);
