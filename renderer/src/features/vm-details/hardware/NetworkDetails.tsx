// The network an adapter is plugged into, or a way to make the first one; and its VLAN.
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { Nic } from '../../../../../shared/model/network.ts';
import type { Network } from '../../../../../shared/model/networks.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button } from '../../../components/Button.tsx';
import { SelectField, TextField } from '../../../components/Form.tsx';
import { useLooks } from '../../../hooks/use-looks.ts';
import { networkOf } from '../../../model/network-members.ts';
import { vlanOf } from '../../../model/vlan.ts';
import { useDriver } from '../../../state/app-store.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { isNetworkMode, withVlan, type NetworkMode } from './attachments.ts';
import type { SectionProps } from './section-props.ts';
import { VlanField } from './VlanField.tsx';

/** Chosen in the adapter: the uplink of a bridge, else the network's id. */
const valueOf = (network: Network): string =>
  network.kind === 'bridged' ? (network.uplink ?? '') : network.id;

export const NetworkDetails = ({
  vm,
  nic,
  networks,
  onChange,
}: {
  readonly vm: SectionProps['vm'];
  readonly nic: Nic;
  readonly networks: readonly Network[];
  readonly onChange: (nic: Nic) => void;
}) => {
  const looks = useLooks(nic);
  const driver = useDriver(vm.definition.driver)?.title ?? vm.definition.driver;
  const { attachment } = nic;
  const mode = attachment.kind;
  if (mode === 'other')
    return (
      <TextField
        label={format('hw.nic.network')}
        value={attachment.name}
        readOnly
        onChange={() => undefined}
        help={format('hw.nic.keptKind', { driver })}
      />
    );
  if (!isNetworkMode(mode)) return null;
  const value = attachment.kind === 'bridged' ? attachment.uplink : networkName(nic);
  const mine = networks.filter(({ kind }) => kind === mode);
  const network = networkOf(nic, networks);
  const put = (next: string): void =>
    onChange({
      ...nic,
      attachment:
        attachment.kind === 'bridged'
          ? { ...attachment, uplink: next }
          : mode === 'natNetwork' || mode === 'internal' || mode === 'hostOnly'
            ? { ...attachment, kind: mode, network: next }
            : attachment,
    });
  if (value === '' && mine.length === 0) return <MakeNetwork mode={mode} onMade={put} />;
  const isForeign = value !== '' && !network;
  return (
    <div className="ad-network">
      <SelectField
        label={format(mode === 'bridged' ? 'hw.nic.uplink' : 'adapter.network')}
        value={network ? valueOf(network) : value}
        options={[
          ...mine.map((row) => ({
            value: valueOf(row),
            label: mode === 'bridged' ? `${row.uplink ?? ''} · ${row.name}` : row.name,
          })),
          ...(isForeign ? [{ value, label: value }] : []),
        ]}
        onChange={put}
        help={
          isForeign
            ? format('hw.nic.keptKind', { driver })
            : network?.ipv4
              ? network.ipv4.subnet
              : undefined
        }
      />
      <VlanField
        key={mode}
        vlan={vlanOf(nic)}
        network={network}
        looks={looks}
        onChange={(vlan) => onChange(withVlan(nic, vlan))}
        disabled={false}
      />
    </div>
  );
};

const networkName = ({ attachment }: Nic): string =>
  attachment.kind === 'natNetwork' ||
  attachment.kind === 'internal' ||
  attachment.kind === 'hostOnly'
    ? attachment.network
    : '';

/** No network of the kind: one is made here, with what main suggests; one for a bridge is looked over first. */
const MakeNetwork = ({
  mode,
  onMade,
}: {
  readonly mode: NetworkMode;
  readonly onMade: (value: string) => void;
}) => {
  const actions = useActions();
  const [isBusy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    if (mode === 'bridged' || mode === 'hostOnly') {
      openDialog({ kind: 'newNetwork', of: mode });
      return;
    }
    setBusy(true);
    const { client } = actions;
    const made = await actions.attempt(
      client.network.suggest({ kind: mode }).then((answer) => client.network.create(answer)),
    );
    setBusy(false);
    if (made) onMade(made.id);
  };
  return (
    <div className="ad-make">
      <span className="t2">{format('adapter.noNetwork', { kind: format(`mode.${mode}`) })}</span>
      <Button size="small" icon={<Plus size={14} />} disabled={isBusy} onClick={() => void make()}>
        {format('adapter.makeNetwork')}
      </Button>
    </div>
  );
};
