// Port forwards of all machines and networks in one list, and who is in whose way. Pure.
import type { VmId } from '../../../shared/model/brand.ts';
import {
  hostAddressSchema,
  portForwardSchema,
  type Nic,
  type PortForward,
} from '../../../shared/model/network.ts';
import type { Network, NetworkForward } from '../../../shared/model/networks.ts';
import { isLive } from '../../../shared/model/power.ts';
import type { AppState } from '../../../shared/state/app-state.ts';
import { sortedNetworks, sortedVms } from './network-members.ts';

export interface ForwardDraft {
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly guestPort: number;
}
export type ForwardProblem = 'hostPort' | 'guestPort' | 'address' | 'taken' | 'privileged';

/** Ports below this one need administrator rights on Linux unless the host was set otherwise. */
export const lowestFreePort = 1024;

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65535;

export type Listener = Pick<ForwardDraft, 'protocol' | 'hostAddress' | 'hostPort'>;

const isEvery = (address: string): boolean => ['', '0.0.0.0', '::'].includes(address);
const isLoopback = (address: string): boolean => /^127\.|^::1$/.test(address);
/** Reachable from other computers. */
export const isOutside = (address: string): boolean => !isLoopback(address);

/** Two listeners that cannot be open at once. */
export const isSameListener = (a: Listener, b: Listener): boolean =>
  a.protocol === b.protocol &&
  a.hostPort === b.hostPort &&
  (a.hostAddress === b.hostAddress || isEvery(a.hostAddress) || isEvery(b.hostAddress));

/** `others`: what is forwarded already. What other programs hold is judged by main. */
export const forwardProblem = (
  draft: ForwardDraft,
  others: readonly Listener[],
): ForwardProblem | undefined => {
  if (!isPort(draft.hostPort)) return 'hostPort';
  if (!isPort(draft.guestPort)) return 'guestPort';
  if (!hostAddressSchema.safeParse(draft.hostAddress).success) return 'address';
  if (draft.hostPort < lowestFreePort) return 'privileged';
  return others.some((other) => isSameListener(other, draft)) ? 'taken' : undefined;
};

export const toForward = (draft: ForwardDraft, id: string): PortForward =>
  portForwardSchema.parse({ ...draft, id });

/** The first port from `from.hostPort` on that nobody in `others` has. */
export const nextFreePort = (from: Listener, others: readonly Listener[]): number | undefined => {
  for (let { hostPort } = from; hostPort <= 65535; hostPort += 1) {
    if (!others.some((other) => isSameListener(other, { ...from, hostPort }))) return hostPort;
  }
  return undefined;
};

/** The usual forward, on the first port that nobody in `others` has. */
export const nextForward = (others: readonly Listener[]): ForwardDraft => {
  const usual = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 2222 } as const;
  return { ...usual, hostPort: nextFreePort(usual, others) ?? usual.hostPort, guestPort: 22 };
};

export const forwardsOf = (nic: Nic): readonly PortForward[] =>
  nic.attachment.kind === 'nat' ? nic.attachment.forwards : [];

/** Where a forward belongs. */
export type ForwardOwner =
  | { readonly kind: 'nic'; readonly vm: VmId; readonly nic: string }
  | { readonly kind: 'network'; readonly network: Network; readonly forward: NetworkForward };

export interface ForwardRow extends Listener {
  readonly key: string;
  readonly id: string;
  readonly guestPort: number;
  readonly owner: ForwardOwner;
  /** Whom it leads to, for people. */
  readonly to: string;
  /** Listening now: the machine runs, or the network is up. */
  readonly isOpen: boolean;
}

export const allForwards = (
  vms: AppState['vms'],
  networks: AppState['networks'],
): readonly ForwardRow[] => {
  const ofMachines = sortedVms(vms).flatMap((vm) =>
    vm.definition.config.nics.flatMap((nic) =>
      forwardsOf(nic).map((forward): ForwardRow => {
        const { id } = vm.definition;
        return {
          ...pick(forward),
          key: `${id}/${nic.id}/${forward.id}`,
          owner: { kind: 'nic', vm: id, nic: nic.id },
          to: vm.definition.name,
          isOpen: isLive(vm.power),
        };
      }),
    ),
  );
  const ofNetworks = sortedNetworks(networks).flatMap((network) =>
    network.forwards.map((forward): ForwardRow => {
      const { to } = forward;
      const vm = to.kind === 'nic' ? vms[to.vm] : undefined;
      return {
        ...pick(forward),
        key: `${network.id}/${forward.id}`,
        owner: { kind: 'network', network, forward },
        to:
          to.kind === 'address'
            ? `${to.address} (${network.name})`
            : `${vm?.definition.name ?? to.vm} (${network.name})`,
        isOpen: networks[network.id]?.status.state === 'up',
      };
    }),
  );
  return [...ofMachines, ...ofNetworks];
};

const pick = (
  forward: PortForward | NetworkForward,
): Pick<ForwardRow, 'id' | 'protocol' | 'hostAddress' | 'hostPort' | 'guestPort'> => ({
  id: forward.id,
  protocol: forward.protocol,
  hostAddress: forward.hostAddress,
  hostPort: forward.hostPort,
  guestPort: forward.guestPort,
});

/** The other forward that has the port: one that is open now first. */
export const rivalOf = (row: ForwardRow, rows: readonly ForwardRow[]): ForwardRow | undefined => {
  const rivals = rows.filter((other) => other.key !== row.key && isSameListener(other, row));
  return rivals.find((other) => other.isOpen) ?? rivals[0];
};

export const showListener = ({ hostAddress, hostPort }: Listener): string => {
  const host = hostAddress === '' ? '*' : hostAddress;
  return host.includes(':') ? `[${host}]:${hostPort}` : `${host}:${hostPort}`;
};
