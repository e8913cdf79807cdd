// Modes of an adapter: what an adapter is plugged into when a mode is chosen, and what is missing of it. Pure.
import type { Nic, NicAttachment, Vlan } from '../../../../../shared/model/network.ts';
import type { Network } from '../../../../../shared/model/networks.ts';
import { vlanOf } from '../../../model/vlan.ts';

export type Mode = NicAttachment['kind'];
export const modes: readonly Mode[] = [
  'nat',
  'natNetwork',
  'internal',
  'hostOnly',
  'bridged',
  'none',
];
/** Modes in which a network of ours is chosen. */
export type NetworkMode = Extract<Mode, 'natNetwork' | 'internal' | 'hostOnly' | 'bridged'>;
export const isNetworkMode = (mode: Mode): mode is NetworkMode =>
  mode === 'natNetwork' || mode === 'internal' || mode === 'hostOnly' || mode === 'bridged';

/** What the adapter would be plugged into in `mode`: the same network if it is one, else the first of the kind. */
export const attachmentFor = (
  mode: Mode,
  nic: Nic,
  networks: readonly Network[],
): NicAttachment => {
  const { attachment } = nic;
  if (attachment.kind === mode) return attachment;
  const vlan = vlanOf(nic);
  const kept = vlan === undefined ? {} : { vlan };
  const first = networks.find(({ kind }) => kind === mode);
  switch (mode) {
    case 'nat':
      return { kind: 'nat', ipv6: true, forwards: [] };
    case 'none':
      return { kind: 'none' };
    case 'bridged':
      return { kind: 'bridged', uplink: first?.uplink ?? '', ...kept };
    case 'natNetwork':
    case 'internal':
    case 'hostOnly':
      return { kind: mode, network: first?.id ?? '', ...kept };
    case 'other':
      return attachment;
  }
};

export const withVlan = (nic: Nic, vlan: Vlan | undefined): Nic => {
  const { attachment } = nic;
  if (!isNetworkMode(attachment.kind)) return nic;
  const { vlan: _former, ...rest } = attachment as Extract<NicAttachment, { kind: NetworkMode }>;
  return { ...nic, attachment: { ...rest, ...(vlan ? { vlan } : {}) } };
};

const isTag = (tag: number): boolean => Number.isInteger(tag) && tag >= 1 && tag <= 4094;

/** True when the adapter cannot be stored as it is typed: no network chosen, no tag, a tag that is none. */
export const isAttachmentUnfinished = (nic: Nic): boolean => {
  const { attachment } = nic;
  if (attachment.kind === 'bridged' && attachment.uplink === '') return true;
  if (
    (attachment.kind === 'natNetwork' ||
      attachment.kind === 'internal' ||
      attachment.kind === 'hostOnly') &&
    attachment.network === ''
  )
    return true;
  const vlan = vlanOf(nic);
  if (vlan === undefined) return false;
  if (vlan.mode === 'access') return !isTag(vlan.tag);
  return (
    vlan.tags.length === 0 ||
    !vlan.tags.every(isTag) ||
    (vlan.native !== undefined && !isTag(vlan.native))
  );
};

/** Least bandwidth limit in kbit/s that can be stored. */
export const leastLimit = 64;
export const isLimitBad = ({ bandwidthKbps }: Nic): boolean =>
  bandwidthKbps !== undefined &&
  (!Number.isInteger(bandwidthKbps) || bandwidthKbps < leastLimit || bandwidthKbps > 100_000_000);
