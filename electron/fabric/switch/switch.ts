// The learning switch of one network: ports with VLANs, addresses learned per VLAN, flooding within the VLAN only.
// Frames come in through a port's `receive` and leave through the outputs that are attached.
import type { Vlan } from '../../../shared/model/network.ts';
import type { PortCounters } from '../../../shared/model/networks.ts';
import { classify, type Frame } from './classify.ts';
import { macAt, maxFrame, minFrame, prefixLength, withTag, withoutTag } from './frame.ts';
import { createMacTable, usualLimits, type MacTableLimits } from './mac-table.ts';
import { createShaper, type Output, type Shaper } from './shaper.ts';
import { leaves, vlanRule, type VlanRule } from './vlan.ts';

export interface PortSettings {
  readonly vlan?: Vlan | undefined;
  readonly isCableConnected: boolean;
  /** kbit/s of 1000 bits, each direction. */
  readonly bandwidthKbps?: number | undefined;
}

/** Sees every frame of a port as it is on the cable, both directions. */
export type Tap = (bytes: Buffer, start: number, end: number) => void;

export interface SwitchPort {
  /** A frame from the machine; its length is in the four bytes before `start`. Then `flush`, once for many. */
  readonly receive: (bytes: Buffer, start: number, end: number) => void;
  /** Gives out what `receive` has put to other ports. */
  readonly flush: () => void;
  /** Counts a frame that did not come as far as the switch. */
  readonly drop: () => void;
  readonly set: (settings: PortSettings) => void;
  readonly setTap: (tap: Tap | undefined) => void;
  readonly counters: () => PortCounters;
  readonly dispose: () => void;
}

export interface PortOptions extends PortSettings {
  readonly output: Output;
}

export interface Switch {
  readonly addPort: (options: PortOptions) => SwitchPort;
  readonly addressCount: () => number;
}

interface Port {
  readonly output: Output;
  rule: VlanRule;
  isCableConnected: boolean;
  kbps: number | undefined;
  /**
   * What the machine sends above its limit waits here for a short while and is dropped then. Its socket is read all
   * the same: QEMU 7.2 writes to a connection it accepted until it is taken, and the whole machine waits with it.
   */
  inShaper: Shaper | undefined;
  shaper: Shaper | undefined;
  tap: Tap | undefined;
  isDirty: boolean;
  rxFrames: number;
  rxBytes: number;
  txFrames: number;
  txBytes: number;
  dropped: number;
}

export const createSwitch = (
  limits: MacTableLimits = usualLimits,
  now: () => number = () => performance.now(),
): Switch => {
  const ports = new Set<Port>();
  const table = createMacTable<Port>(limits);
  let dirty: Port[] = [];

  const putOut = (port: Port, bytes: Buffer, start: number, end: number): void => {
    const output = port.shaper ?? port.output;
    if (!output.send(bytes, start, end)) {
      port.dropped += 1;
      return;
    }
    port.txFrames += 1;
    port.txBytes += end - start;
    port.tap?.(bytes, start, end);
    if (!port.isDirty) {
      port.isDirty = true;
      dirty.push(port);
    }
  };

  /** How the frame leaves at this port; it is made in the other form once, however many ports it goes to. */
  const leave = (port: Port, frame: Frame): void => {
    const how = leaves(port.rule, frame.domain);
    if (how === undefined || !port.isCableConnected) return;
    if ((how === 'tagged') === frame.isTagged) {
      putOut(port, frame.bytes, frame.start, frame.end);
    } else if (how === 'tagged') {
      const tci = frame.priority | frame.domain;
      frame.other ??= withTag(frame.bytes, frame.start, frame.end, tci);
      putOut(port, frame.other, prefixLength, frame.other.length);
    } else if (frame.hasInnerTag) {
      // Without its outer tag the inner one would count: double tags stay inside trunks.
      port.dropped += 1;
    } else {
      frame.other ??= withoutTag(frame.bytes, frame.start, frame.end);
      putOut(port, frame.other, prefixLength, frame.other.length);
    }
  };

  const forward = (from: Port, bytes: Buffer, start: number, end: number): void => {
    const frame = classify(from.rule, bytes, start, end);
    if (frame === undefined) {
      from.dropped += 1;
      return;
    }
    const at = now();
    table.learn(frame.domain, macAt(bytes, start + 6), from, at);
    const isToMany = ((bytes[start] ?? 0) & 1) === 1;
    const known = isToMany ? undefined : table.find(frame.domain, macAt(bytes, start), at);
    if (known === undefined) {
      for (const port of ports) if (port !== from) leave(port, frame);
    } else if (known !== from) {
      leave(known, frame);
    }
  };

  const flush = (): void => {
    if (dirty.length === 0) return;
    const waiting = dirty;
    dirty = [];
    for (const port of waiting) {
      port.isDirty = false;
      port.output.flush();
    }
  };

  const addPort = (options: PortOptions): SwitchPort => {
    const port: Port = {
      output: options.output,
      rule: vlanRule(options.vlan),
      isCableConnected: options.isCableConnected,
      kbps: undefined,
      inShaper: undefined,
      shaper: undefined,
      tap: undefined,
      isDirty: false,
      ...{ rxFrames: 0, rxBytes: 0, txFrames: 0, txBytes: 0, dropped: 0 },
    };
    const enter = (bytes: Buffer, start: number, end: number): true => {
      port.rxFrames += 1;
      port.rxBytes += end - start;
      forward(port, bytes, start, end);
      return true;
    };
    const setBandwidth = (kbps: number | undefined): void => {
      if (kbps === port.kbps) return;
      port.kbps = kbps;
      port.shaper?.dispose();
      port.shaper = kbps === undefined ? undefined : createShaper(kbps, port.output, now);
      port.inShaper?.dispose();
      port.inShaper =
        kbps === undefined ? undefined : createShaper(kbps, { send: enter, flush }, now);
    };
    setBandwidth(options.bandwidthKbps);
    ports.add(port);
    return {
      receive: (bytes, start, end) => {
        const length = end - start;
        if (!port.isCableConnected || length < minFrame || length > maxFrame) {
          port.dropped += 1;
          return;
        }
        port.tap?.(bytes, start, end);
        if ((port.inShaper?.send ?? enter)(bytes, start, end)) return;
        port.dropped += 1;
      },
      flush,
      drop: () => {
        port.dropped += 1;
      },
      set: (settings) => {
        const rule = vlanRule(settings.vlan);
        port.rule = rule;
        port.isCableConnected = settings.isCableConnected;
        setBandwidth(settings.bandwidthKbps);
        // Whatever was learned may be behind another port, or in another VLAN, now.
        table.forgetPort(port);
      },
      setTap: (tap) => {
        port.tap = tap;
      },
      counters: () => {
        const { rxFrames, rxBytes, txFrames, txBytes, dropped } = port;
        return { rxFrames, rxBytes, txFrames, txBytes, dropped };
      },
      dispose: () => {
        ports.delete(port);
        port.isCableConnected = false;
        port.inShaper?.dispose();
        port.shaper?.dispose();
        table.forgetPort(port);
      },
    };
  };
  return { addPort, addressCount: table.size };
};
