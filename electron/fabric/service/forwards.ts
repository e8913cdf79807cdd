// Where a forward leads: to a fixed address, or to a NIC wherever its lease or reservation puts it.
import type { Lease } from '../../../shared/model/networks.ts';
import type { FabricForward, ServiceSpec } from '../protocol.ts';

/** undefined while the machine has no address. */
export const forwardTarget = (
  to: FabricForward['to'],
  leases: readonly Lease[],
  reservations: ServiceSpec['reservations'],
): string | undefined => {
  if ('address' in to) return to.address;
  const has = ({ mac }: { readonly mac: string }): boolean => mac === to.mac;
  return leases.find(has)?.address ?? reservations.find(has)?.address;
};

/** What has to be closed and what opened so that `open` becomes `wanted`. */
export const forwardChanges = (
  open: readonly FabricForward[],
  wanted: readonly FabricForward[],
): { readonly close: readonly string[]; readonly open: readonly FabricForward[] } => {
  const text = (forward: FabricForward): string =>
    JSON.stringify([
      forward.id,
      forward.protocol,
      forward.hostAddress,
      forward.hostPort,
      'mac' in forward.to ? forward.to.mac : forward.to.address,
      forward.guestPort,
    ]);
  const before = new Set(open.map(text));
  const after = new Set(wanted.map(text));
  return {
    close: open.filter((forward) => !after.has(text(forward))).map(({ id }) => id),
    open: wanted.filter((forward) => !before.has(text(forward))),
  };
};
