// The facts of a machine as a table: what it is made of and how to reach it.
import { format } from '../../../../shared/i18n/format.ts';
import { familyById } from '../../../../shared/model/guest-family.ts';
import type { Nic } from '../../../../shared/model/network.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import type { Disk } from '../../../../shared/model/vm-config.ts';
import { forwardAddress } from '../../model/address.ts';
import { CopyIcon } from '../../components/Button.tsx';
import { fileName, showBytes, showMib } from '../../components/units.ts';
import { networkOf, sortedNetworks } from '../../model/network-members.ts';
import { showTags, tagsOf, vlanOf } from '../../model/vlan.ts';
import { useAppStore, useHost } from '../../state/app-store.ts';
import { useMediumInfo } from '../../hooks/use-medium.ts';
import { GuestAddresses } from './GuestAddresses.tsx';

export const Facts = ({ vm }: { readonly vm: Vm }) => {
  const { config, family } = vm.definition;
  const host = useHost();
  return (
    <dl className="kv facts">
      <dt>{format('fact.system')}</dt>
      <dd>{familyById(family).title}</dd>
      <dt>{format('fact.processors')}</dt>
      <dd className="num">
        {host
          ? format('fact.vcpusOf', { vcpus: config.vcpus, cpus: host.cpus })
          : format('fact.vcpus', { vcpus: config.vcpus })}
      </dd>
      <dt>{format('fact.memory')}</dt>
      <dd className="num">{showMib(config.memory)}</dd>
      <dt>{format('fact.disks')}</dt>
      <dd>
        {config.disks.length === 0 && <span className="t3">{format('fact.none')}</span>}
        {config.disks.map((disk) => (
          <DiskFact key={disk.id} disk={disk} version={vm.powerSince ?? 0} />
        ))}
      </dd>
      {config.cdDrives.some((drive) => drive.path !== undefined) && (
        <>
          <dt>{format('fact.discs')}</dt>
          <dd>
            {config.cdDrives.map((drive) =>
              drive.path === undefined ? null : (
                <div key={drive.id} title={drive.path}>
                  {fileName(drive.path)}
                </div>
              ),
            )}
          </dd>
        </>
      )}
      <dt>{format('fact.network')}</dt>
      <dd>
        {config.nics.length === 0 && <span className="t3">{format('fact.none')}</span>}
        {config.nics.map((nic) => (
          <NicFact key={nic.id} nic={nic} />
        ))}
      </dd>
      <GuestAddresses vm={vm} />
      <dt>{format('fact.firmware')}</dt>
      <dd>
        {format(config.firmware.kind === 'uefi' ? 'fact.uefi' : 'fact.bios')}{' '}
        <span className="t3">{format('fact.chipset', { machine: config.machineType })}</span>
      </dd>
    </dl>
  );
};

const DiskFact = ({ disk, version }: { readonly disk: Disk; readonly version: number }) => {
  const info = useMediumInfo(disk.path, version);
  return (
    <div title={disk.path}>
      <span className="num">
        {info
          ? format('fact.disk', {
              capacity: showBytes(info.capacity),
              allocated: showBytes(info.allocated),
            })
          : fileName(disk.path)}
      </span>{' '}
      <span className="t3">{format('fact.diskKind', { format: disk.format, bus: disk.bus })}</span>
    </div>
  );
};

const NicFact = ({ nic }: { readonly nic: Nic }) => {
  if (nic.attachment.kind === 'none') return <div>{format('fact.notConnected')}</div>;
  if (nic.attachment.kind !== 'nat') return <NetworkFact nic={nic} />;
  const { forwards } = nic.attachment;
  return (
    <div>
      <div>
        {format('fact.nat', { forwards: forwards.length })}
        {!nic.isCableConnected && <span className="tone-warn"> {format('fact.cableOut')}</span>}
      </div>
      {forwards.map((forward) => {
        const address = forwardAddress(forward);
        return (
          <div key={forward.id} className="forward-line">
            <code className="mono">{address}</code>
            <CopyIcon text={address} what={address} />
            <span className="t3">
              {format('fact.toGuest', { protocol: forward.protocol, port: forward.guestPort })}
            </span>
          </div>
        );
      })}
    </div>
  );
};

/** "lab, NAT network, VLAN 10". */
const NetworkFact = ({ nic }: { readonly nic: Nic }) => {
  const networks = useAppStore((s) => s.state.networks);
  const { kind } = nic.attachment;
  const network = networkOf(nic, sortedNetworks(networks));
  const tags = tagsOf(vlanOf(nic));
  const words = [
    ...(network ? [network.name] : []),
    kind === 'nat' || kind === 'none' ? '' : format(`hw.nic.kind.${kind}`),
    ...(tags.length > 0 ? [`VLAN ${showTags(tags)}`] : []),
  ];
  return (
    <div>
      {words.join(', ')}
      {!nic.isCableConnected && <span className="tone-warn"> {format('fact.cableOut')}</span>}
    </div>
  );
};
