// The adapters in a network: whose they are, their VLAN, and how much went through them.
import { format } from '../../../../shared/i18n/format.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { NetworkLive, NetworkRow } from '../../../../shared/model/networks.ts';
import { useMore } from '../../components/More.tsx';
import { StateWord } from '../../components/Parts.tsx';
import { showBytes } from '../../components/units.ts';
import { VlanTag } from '../../components/VlanTag.tsx';
import { membersOf } from '../../model/network-members.ts';
import { showTags, tagsOf, vlanName, vlanOf } from '../../model/vlan.ts';
import { useVmTable } from '../../state/app-store.ts';
import { showVm } from '../../state/ui-store.ts';
import { useLooks } from '../../hooks/use-looks.ts';

export const Members = ({
  row: { network, status },
  live,
}: {
  readonly row: NetworkRow;
  readonly live: NetworkLive | undefined;
}) => {
  const vms = useVmTable();
  const looks = useLooks();
  const members = membersOf(network, vms);
  const { shown, more } = useMore(members);
  const ports = new Map(live?.ports.map((port) => [`${port.vm}/${port.nic}`, port]));
  return (
    <section aria-label={format('networks.members')}>
      <h3 className="sec">{format('networks.members')}</h3>
      {members.length === 0 && <p className="t3">{format('networks.noMembers')}</p>}
      <ul className="nw-members">
        {shown.map(({ vm, nic, number }) => {
          const { id, name } = vm.definition;
          const port = ports.get(`${id}/${nic.id}`);
          const vlan = vlanOf(nic);
          const tag = tagsOf(vlan)[0];
          return (
            <li key={`${id}/${nic.id}`} className="nw-member">
              <div className="row">
                <button
                  type="button"
                  className="btn link cut"
                  onClick={() => showVm(id, 'hardware')}
                >
                  {name}
                </button>
                <span className="t3 xs">{format('hw.nic', { number })}</span>
                <span className="end xs">
                  <StateWord state={vm.power} />
                </span>
              </div>
              <div className="row wrap xs t2 num">
                {vlan && (
                  <VlanTag
                    tag={showTags(tagsOf(vlan))}
                    name={
                      vlan.mode === 'access' ? vlanName(network, vlan.tag) : format('vlan.trunk')
                    }
                    look={tag === undefined ? undefined : looks.get(tag)}
                  />
                )}
                {isLive(vm.power) &&
                  (port?.isConnected === false || status.state === 'needsSetUp') && (
                    <span className="tone-warn">{format('networks.notConnected')}</span>
                  )}
                {port?.counters && (
                  <span>
                    {format('networks.traffic', {
                      out: showBytes(port.counters.rxBytes),
                      in: showBytes(port.counters.txBytes),
                    })}
                  </span>
                )}
                {port?.counters && port.counters.dropped > 0 && (
                  <span className="tone-warn">
                    {format('networks.dropped', { count: port.counters.dropped })}
                  </span>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {more}
    </section>
  );
};
