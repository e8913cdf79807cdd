// Names of interfaces we make on this computer: deterministic, at most 15 characters, recognisably ours.
import { createHash } from 'node:crypto';
import type { VmId } from '../../shared/model/brand.ts';
import type { NetworkId } from '../../shared/model/networks.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `pvb-` and the id where it fits and reads well, else eight hexadecimal digits of its hash. */
export const bridgeName = (id: NetworkId): string =>
  /^[a-z0-9-]{1,11}$/.test(id) ? `pvb-${id}` : `pvb-${digest(id).slice(0, 8)}`;

/** One tap per NIC, wherever it is plugged in. */
export const tapName = (vm: VmId, nic: string): string =>
  `pvt${digest(`${vm}/${nic}`).slice(0, 8)}`;

/** A DNS label from a machine's name; undefined when nothing of it can be one. */
export const hostnameOf = (name: string): string | undefined => {
  const label = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return label === '' ? undefined : label;
};
