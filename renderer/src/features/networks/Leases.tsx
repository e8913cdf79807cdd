// Addresses a network gave out, and a reservation for each with one click.
import { Pin } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Lease, Network, NetworkLive } from '../../../../shared/model/networks.ts';
import { useActions } from '../../actions/actions.ts';
import { CopyIcon, IconButton } from '../../components/Button.tsx';
import { useMore } from '../../components/More.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import { showMoment } from '../../components/units.ts';
import { membersOf } from '../../model/network-members.ts';
import { useVmTable } from '../../state/app-store.ts';

export const Leases = ({
  network,
  live,
  isUp,
}: {
  readonly network: Network;
  readonly live: NetworkLive | undefined;
  readonly isUp: boolean;
}) => {
  const actions = useActions();
  const vms = useVmTable();
  const members = membersOf(network, vms);
  const leases = live?.leases ?? [];
  const { shown, more } = useMore(leases);
  const names = new Map(members.map(({ vm, nic }) => [nic.mac, vm.definition.name]));
  const isReserved = (mac: string): boolean => network.reservations.some((row) => row.mac === mac);
  const reserve = ({ mac, address }: Lease): void =>
    void actions.attempt(
      actions.client.network.edit({
        network: { ...network, reservations: [...network.reservations, { mac, address }] },
      }),
    );
  return (
    <section aria-label={format('networks.leases')}>
      <h3 className="sec">{format('networks.leases')}</h3>
      {leases.length === 0 && (
        <p className="t3">{format(isUp ? 'networks.noLeases' : 'networks.noLeasesDown')}</p>
      )}
      {leases.length > 0 && (
        <table className="table nw-leases">
          <TableHead
            titles={[format('networks.address'), format('networks.who'), format('networks.until')]}
          />
          <tbody>
            {shown.map((lease) => (
              <tr key={`${lease.mac} ${lease.address}`}>
                <td>
                  <code className="mono">{lease.address}</code>
                  <CopyIcon text={lease.address} what={lease.address} />
                </td>
                <td title={lease.mac}>{names.get(lease.mac) ?? lease.hostname ?? lease.mac}</td>
                <td className="xs t2">
                  {isReserved(lease.mac)
                    ? format('networks.reserved')
                    : lease.until === undefined
                      ? format('networks.noEnd')
                      : showMoment(lease.until)}
                </td>
                <td>
                  {!isReserved(lease.mac) && lease.address.includes('.') && (
                    <IconButton
                      label={format('networks.reserve', { address: lease.address })}
                      look="flat"
                      size="small"
                      onClick={() => reserve(lease)}
                    >
                      <Pin size={14} />
                    </IconButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more}
    </section>
  );
};
