// The ports of the fabric: one per NIC, each with its way to the machine, its place in a switch and its capture.
import { failure, type AppFailure } from '../../shared/contract/errors.ts';
import type { NetworkId, PortCounters } from '../../shared/model/networks.ts';
import { startCapture, type CaptureWriter } from './capture.ts';
import { createDatagramEndpoint, type DatagramEndpoint } from './endpoint/datagram.ts';
import { createStreamEndpoint, type Endpoint } from './endpoint/stream.ts';
import type { FabricPort } from './protocol.ts';
import type { PortSettings, Switch, SwitchPort } from './switch/switch.ts';

export interface PortRef {
  readonly vm: FabricPort['vm'];
  readonly nic: string;
}

interface Entry {
  spec: FabricPort;
  readonly endpoint: Endpoint | DatagramEndpoint;
  port: SwitchPort;
  capture: CaptureWriter | undefined;
}

export interface Ports {
  /** Makes it or changes it in place. Rejects with `network/fabric-lost` when its UDP port is taken. */
  readonly ensure: (spec: FabricPort, home: Switch) => Promise<FabricPort>;
  readonly remove: (ref: PortRef) => Promise<void>;
  readonly all: () => readonly FabricPort[];
  readonly of: (network: NetworkId) => readonly {
    readonly spec: FabricPort;
    readonly isConnected: boolean;
    readonly counters: PortCounters;
  }[];
  /** Rejects with `network/not-found` or `network/capture-failed`. */
  readonly startCapture: (ref: PortRef, path: string, isContinued: boolean) => Promise<void>;
  readonly stopCapture: (ref: PortRef) => Promise<void>;
  readonly captures: () => readonly (PortRef & { readonly path: string })[];
  readonly dispose: () => Promise<void>;
}

const keyOf = ({ vm, nic }: PortRef): string => `${vm}/${nic}`;

const settingsOf = (spec: FabricPort): PortSettings => ({
  vlan: spec.vlan,
  isCableConnected: spec.isCableConnected,
  bandwidthKbps: spec.bandwidthKbps,
});

const isDatagram = (endpoint: Endpoint | DatagramEndpoint): endpoint is DatagramEndpoint =>
  'switchPort' in endpoint;

/** The machine's side of both is the same: the way to it can stay. */
const hasSameWay = (spec: FabricPort, next: FabricPort): boolean => {
  const [a, b] = [spec.endpoint, next.endpoint];
  if (a.kind === 'stream') return b.kind === 'stream' && a.path === b.path;
  return b.kind === 'datagram' && (b.switchPort === undefined || b.switchPort === a.switchPort);
};

export const createPorts = (onCaptureEnded: (ref: PortRef, problem: AppFailure) => void): Ports => {
  const entries = new Map<string, Entry>();

  const plugIn = (home: Switch, spec: FabricPort, endpoint: Entry['endpoint']): SwitchPort =>
    home.addPort({
      ...settingsOf(spec),
      output: endpoint.output,
    });

  const open = async (spec: FabricPort, home: Switch): Promise<Entry> => {
    let entry: Entry | undefined;
    const make = (endpoint: Entry['endpoint'], known: FabricPort): Entry => {
      entry = { spec: known, endpoint, port: plugIn(home, known, endpoint), capture: undefined };
      return entry;
    };
    if (spec.endpoint.kind === 'stream') {
      const portOf = (): SwitchPort | undefined => entry?.port;
      return make(createStreamEndpoint(spec.endpoint.path, portOf), spec);
    }
    const { switchPort, peerPort } = spec.endpoint;
    try {
      const endpoint = await createDatagramEndpoint(switchPort, peerPort, () => entry?.port);
      const way = { ...spec.endpoint, switchPort: endpoint.switchPort };
      return make(endpoint, { ...spec, endpoint: way });
    } catch (error) {
      const reason = `UDP port ${switchPort ?? 'any'}: ${String(error)}`;
      throw failure('network/fabric-lost', { reason }, { cause: error });
    }
  };

  const close = async (entry: Entry): Promise<void> => {
    entry.endpoint.dispose();
    entry.port.dispose();
    await entry.capture?.stop();
  };

  const change = (entry: Entry, next: FabricPort, home: Switch): void => {
    const { spec, endpoint } = entry;
    if (next.endpoint.kind === 'datagram' && isDatagram(endpoint)) {
      endpoint.setPeer(next.endpoint.peerPort);
      const way = { ...next.endpoint, switchPort: endpoint.switchPort };
      entry.spec = { ...next, endpoint: way };
    } else {
      entry.spec = next;
    }
    if (spec.network === next.network) {
      entry.port.set(settingsOf(next));
      return;
    }
    entry.port.dispose();
    entry.port = plugIn(home, next, endpoint);
    entry.port.setTap(entry.capture?.tap);
  };

  const find = (ref: PortRef): Entry => {
    const entry = entries.get(keyOf(ref));
    if (!entry) throw failure('network/not-found', { id: keyOf(ref) });
    return entry;
  };

  const stopCapture = async (ref: PortRef): Promise<void> => {
    const entry = entries.get(keyOf(ref));
    const capture = entry?.capture;
    if (!entry || !capture) return;
    entry.capture = undefined;
    entry.port.setTap(undefined);
    await capture.stop();
  };

  return {
    ensure: async (spec, home) => {
      const known = entries.get(keyOf(spec));
      if (known && hasSameWay(known.spec, spec)) {
        change(known, spec, home);
        return known.spec;
      }
      if (known) {
        entries.delete(keyOf(spec));
        await close({ ...known, capture: undefined });
      }
      const entry = await open(spec, home);
      entry.capture = known?.capture;
      entry.port.setTap(known?.capture?.tap);
      entries.set(keyOf(spec), entry);
      return entry.spec;
    },
    remove: async (ref) => {
      const entry = entries.get(keyOf(ref));
      if (!entry) return;
      entries.delete(keyOf(ref));
      await close(entry);
    },
    all: () => [...entries.values()].map(({ spec }) => spec),
    of: (network) =>
      [...entries.values()]
        .filter(({ spec }) => spec.network === network)
        .map(({ spec, endpoint, port }) => ({
          spec,
          isConnected: endpoint.isConnected(),
          counters: port.counters(),
        })),
    startCapture: async (ref, path, isContinued) => {
      const entry = find(ref);
      if (entry.capture?.path === path) return;
      await stopCapture(ref);
      const { vm, nic } = entry.spec;
      const capture = await startCapture({
        path,
        isContinued,
        onEnded: (problem) => {
          const current = entries.get(keyOf(ref));
          if (current?.capture === capture) {
            current.capture = undefined;
            current.port.setTap(undefined);
          }
          onCaptureEnded({ vm, nic }, problem);
        },
      });
      entry.capture = capture;
      entry.port.setTap(capture.tap);
    },
    stopCapture,
    captures: () =>
      [...entries.values()].flatMap(({ spec: { vm, nic }, capture }) =>
        capture ? [{ vm, nic, path: capture.path }] : [],
      ),
    dispose: async () => {
      await Promise.all([...entries.values()].map(close));
      entries.clear();
    },
  };
};
