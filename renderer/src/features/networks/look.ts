// Shape, tone and sentence of a network's state and its addresses.
import { format } from '../../../../shared/i18n/format.ts';
import type { Network, NetworkRow, NetworkStatus } from '../../../../shared/model/networks.ts';
import type { Look } from '../../model/verdict-look.ts';

export const stateLook: Readonly<Record<NetworkStatus['state'], Look>> = {
  idle: { shape: 'unknown', tone: 'off' },
  starting: { shape: 'busy', tone: 'info' },
  up: { shape: 'yes', tone: 'run' },
  failed: { shape: 'no', tone: 'err' },
  needsSetUp: { shape: 'step', tone: 'info' },
};

/** `off`: the owner switched it off. */
export const stateWord = ({ network, status }: NetworkRow): string =>
  format(network.isEnabled ? `networks.state.${status.state}` : 'networks.state.off');

/** Addresses or uplink in one line; what a card and the picture say about a network. */
export const summaryOf = (network: Network): string => {
  if (network.kind === 'bridged') return format('networks.via', { uplink: network.uplink ?? '–' });
  return network.ipv4?.subnet ?? format('networks.noAddresses');
};
