// What plans are made from and of: the facts that decide, and the pieces all kinds share.
import type { VmId } from '../../shared/model/brand.ts';
import type { Capabilities } from '../../shared/model/driver.ts';
import type { NetworkPlan, PlanStep, PlugKind } from '../../shared/model/network-plan.ts';
import type { Nic, NicAttachment, Vlan } from '../../shared/model/network.ts';
import type { HostInterface, Network } from '../../shared/model/networks.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import type { WayHere } from './host-tools.ts';

export type NetworkingRow = NonNullable<Capabilities['networking']>[number];

/** Where a machine would run. */
export interface PlanBackend {
  /** For people. */
  readonly title: string;
  /** Absent: only the hypervisor's own NAT. */
  readonly networking: NetworkingRow | undefined;
}

/** What of this computer decides. */
export interface PlanHost {
  readonly service: WayHere;
  readonly interfaces: readonly HostInterface[];
  /** All that are there, ours too. */
  readonly interfaceNames: ReadonlySet<string>;
  /** Bridges that we made and that are there. */
  readonly ownBridges: ReadonlySet<string>;
  /** Taps of ours that are there, with what they were given. */
  readonly taps: ReadonlyMap<string, { readonly bridge?: string; readonly vlan?: Vlan }>;
  readonly hasHelper: boolean;
}

export interface PlanInput {
  readonly vm: VmId;
  readonly nic: Nic;
  readonly networks: readonly Network[];
  readonly backend: PlanBackend;
  /** Not looked at where the attachment needs nothing of it. */
  readonly host: PlanHost | undefined;
}
/** With what shared networks need. */
export type SharedInput = PlanInput & { readonly host: PlanHost };

export const refused = (
  key: MessageKey,
  params: Record<string, string>,
  alternative: MessageKey = `${key}.alternative` as MessageKey,
): NetworkPlan => ({
  kind: 'refused',
  reason: text(key, params),
  alternative: text(alternative),
});
export const planned = (steps: readonly PlanStep[], limits: readonly Text[] = []): NetworkPlan => ({
  kind: 'plan',
  steps,
  limits,
});

export const nativeStep = (attachment: NicAttachment['kind'], sentence: Text): PlanStep => ({
  kind: 'native',
  privilege: 'none',
  attachment,
  text: sentence,
});

export const isNative = ({ networking }: PlanBackend, kind: NicAttachment['kind']): boolean =>
  networking === undefined
    ? kind === 'nat' || kind === 'none' || kind === 'other'
    : kind === 'none' || kind === 'other' || networking.native.includes(kind);

/** The best of `wanted` that the backend can be plugged into. */
export const plugOf = <P extends PlugKind>(
  { networking }: PlanBackend,
  wanted: readonly P[],
): P | undefined => networking?.plugs.find((plug): plug is P => wanted.includes(plug as P));
