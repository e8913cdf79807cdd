// The picture with its legend, or the same as a table.
import { useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { NetworkId } from '../../../../shared/model/networks.ts';
import { Button } from '../../components/Button.tsx';
import { useMore } from '../../components/More.tsx';
import { VlanTag } from '../../components/VlanTag.tsx';
import { networkOf, sortedNetworks, sortedVms } from '../../model/network-members.ts';
import { showTags, tagsOf, vlanName, vlanOf } from '../../model/vlan.ts';
import { useAppStore, useVmTable } from '../../state/app-store.ts';
import { showVm } from '../../state/ui-store.ts';
import { Topology } from './Topology.tsx';
import { useLooks } from '../../hooks/use-looks.ts';

export const TopologySection = ({
  selected,
  onSelect,
}: {
  readonly selected: NetworkId | undefined;
  readonly onSelect: (id: NetworkId) => void;
}) => {
  const [isTable, setTable] = useState(false);
  const vms = useVmTable();
  const table = useAppStore((s) => s.state.networks);
  const looks = useLooks();
  const networks = sortedNetworks(table);
  const isAnything =
    networks.length > 0 ||
    sortedVms(vms).some((vm) =>
      vm.definition.config.nics.some(({ attachment }) => attachment.kind !== 'none'),
    );
  if (!isAnything) return null;
  const nameOf = (tag: number): string | undefined =>
    networks.map((network) => vlanName(network, tag)).find((name) => name !== undefined);
  return (
    <section aria-label={format('topology.label')}>
      <div className="row nw-sec-head">
        <h2 className="sec">{format('topology.title')}</h2>
        <Button look="link" size="small" className="end" onClick={() => setTable(!isTable)}>
          {format(isTable ? 'topology.asPicture' : 'topology.asTable')}
        </Button>
      </div>
      {isTable ? <ConnectionTable /> : <Topology selected={selected} onSelect={onSelect} />}
      {!isTable && looks.size > 0 && (
        <ul className="tp-legend" aria-label={format('topology.legend')}>
          {[...looks].slice(0, 12).map(([tag, look]) => (
            <li key={tag}>
              <VlanTag tag={tag} name={nameOf(tag)} look={look} />
            </li>
          ))}
          <li>
            <VlanTag tag={format('vlan.untagged')} />
          </li>
        </ul>
      )}
    </section>
  );
};

/** The picture in words: an adapter a row. */
const ConnectionTable = () => {
  const vms = useVmTable();
  const table = useAppStore((s) => s.state.networks);
  const networks = sortedNetworks(table);
  const rows = sortedVms(vms).flatMap((vm) =>
    vm.definition.config.nics.map((nic, index) => ({ vm, nic, number: index + 1 })),
  );
  const { shown, more } = useMore(rows);
  return (
    <>
      <table className="table nw-table nw-connections" aria-label={format('topology.label')}>
        <thead>
          <tr>
            <th>{format('topology.machine')}</th>
            <th>{format('topology.state')}</th>
            <th>{format('topology.adapter')}</th>
            <th>{format('hw.nic.network')}</th>
            <th>VLAN</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ vm, nic, number }) => {
            const network = networkOf(nic, networks);
            const vlan = vlanOf(nic);
            const { kind } = nic.attachment;
            return (
              <tr key={`${vm.definition.id}/${nic.id}`}>
                <td>
                  <button
                    type="button"
                    className="btn link"
                    onClick={() => showVm(vm.definition.id, 'hardware')}
                  >
                    {vm.definition.name}
                  </button>
                </td>
                <td>{format(`power.${vm.power}`)}</td>
                <td className="num">
                  {number}
                  {!nic.isCableConnected && `, ${format('fact.cableOut').toLowerCase()}`}
                </td>
                <td>
                  {network
                    ? `${network.name} (${format(`networks.kind.${network.kind}`)})`
                    : kind === 'nat'
                      ? format('hw.nic.nat')
                      : kind === 'none'
                        ? format('fact.notConnected')
                        : format(`hw.nic.kind.${kind}`)}
                </td>
                <td className="num">
                  {vlan
                    ? format(vlan.mode === 'access' ? 'vlan.accessOf' : 'vlan.trunkOf', {
                        tags: showTags(tagsOf(vlan)),
                      })
                    : '–'}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {more}
    </>
  );
};
