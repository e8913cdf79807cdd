// One network in full: how it runs, what does not work, its members with counters, its leases, and what to do with it.
import { Ellipsis, Pencil, Power, Trash2, Wrench, X } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import { isOnBridge } from '../../../../shared/model/network.ts';
import type { NetworkRow } from '../../../../shared/model/networks.ts';
import { useActions } from '../../actions/actions.ts';
import { Button, CopyIcon } from '../../components/Button.tsx';
import { KindIcon } from '../../components/KindCards.tsx';
import { Menu } from '../../components/Menu.tsx';
import { Limits } from '../../components/PlanSteps.tsx';
import { ErrorCard } from '../../errors/ErrorCard.tsx';
import { openDialog } from '../../state/ui-store.ts';
import { StateOf } from './Cards.tsx';
import { Leases } from './Leases.tsx';
import { Members } from './Members.tsx';
import { useLive } from './use-live.ts';

export const NetworkPanel = ({
  row,
  onClose,
}: {
  readonly row: NetworkRow;
  readonly onClose: () => void;
}) => {
  const actions = useActions();
  const { network, status } = row;
  const { id } = network;
  const live = useLive(id, network.isEnabled && status.state === 'up');
  const needsSetUp = isOnBridge(network);
  const edit = (): void => openDialog({ kind: 'editNetwork', network: id });
  return (
    <aside className="nw-panel" aria-label={network.name}>
      <div className="row t2 xs">
        <KindIcon kind={network.kind} size={14} />
        {format(`networks.kind.${network.kind}`)}
        <button
          type="button"
          className="btn ico flat sm end"
          aria-label={format('common.close')}
          onClick={onClose}
        >
          <X size={16} />
        </button>
      </div>
      <div className="row">
        <h2 className="grow cut" title={network.name}>
          {network.name}
        </h2>
        <StateOf row={row} />
      </div>
      <div className="row wrap">
        <Button size="small" icon={<Pencil size={14} />} onClick={edit}>
          {format('networks.edit')}
        </Button>
        {needsSetUp && status.state === 'needsSetUp' && (
          <Button
            size="small"
            look="primary"
            icon={<Wrench size={14} />}
            onClick={() => openDialog({ kind: 'setUpNetwork', network: id })}
          >
            {format('networks.setUp')}
          </Button>
        )}
        <Menu
          groups={[
            [
              {
                id: 'enable',
                label: format(network.isEnabled ? 'networks.disable' : 'networks.enable'),
                icon: <Power size={16} />,
                run: () =>
                  void actions.attempt(
                    actions.client.network.edit({
                      network: { ...network, isEnabled: !network.isEnabled },
                    }),
                  ),
              },
              ...(needsSetUp && status.state !== 'needsSetUp'
                ? [
                    {
                      id: 'setUp',
                      label: format('networks.setUpAgain'),
                      icon: <Wrench size={16} />,
                      run: () => openDialog({ kind: 'setUpNetwork', network: id } as const),
                    },
                  ]
                : []),
            ],
            [
              {
                id: 'remove',
                label: format('networks.removeAsk'),
                icon: <Trash2 size={16} />,
                isDanger: true,
                run: () => openDialog({ kind: 'removeNetwork', network: id }),
              },
            ],
          ]}
        >
          <button type="button" className="btn ico sm" aria-label={format('networks.more')}>
            <Ellipsis size={16} />
          </button>
        </Menu>
      </div>
      {status.problem && (
        <ErrorCard
          error={status.problem}
          hasVm={false}
          onAction={(action) => actions.handleError(action, undefined)}
        />
      )}
      <Limits limits={status.limits} />
      <Facts row={row} />
      <Members row={row} live={live} />
      {(network.ipv4?.dhcp ?? network.reservations.length > 0) && (
        <Leases network={network} live={live} isUp={status.state === 'up'} />
      )}
    </aside>
  );
};

const Facts = ({ row: { network, status } }: { readonly row: NetworkRow }) => {
  const { ipv4, ipv6 } = network;
  return (
    <dl className="kv">
      {status.way !== undefined && (
        <>
          <dt>{format('networks.way')}</dt>
          <dd>{format(`networks.way.${status.way}`)}</dd>
        </>
      )}
      {network.uplink !== undefined && (
        <>
          <dt>{format('hw.nic.uplink')}</dt>
          <dd className="mono">{network.uplink}</dd>
        </>
      )}
      {ipv4 && (
        <>
          <dt>{format('networks.subnet')}</dt>
          <dd className="mono">{ipv4.subnet}</dd>
          <dt>
            {format(network.kind === 'hostOnly' ? 'networks.gatewayHost' : 'networks.gateway')}
          </dt>
          <dd className="mono">
            {ipv4.gateway} <CopyIcon text={ipv4.gateway} what={ipv4.gateway} />
          </dd>
          <dt>DHCP</dt>
          <dd className={ipv4.dhcp ? 'mono' : undefined}>
            {ipv4.dhcp ? `${ipv4.dhcp.first} – ${ipv4.dhcp.last}` : format('networks.noDhcp')}
          </dd>
        </>
      )}
      {ipv6 && (
        <>
          <dt>IPv6</dt>
          <dd className="mono">{ipv6.prefix}</dd>
        </>
      )}
      {network.kind === 'natNetwork' && (
        <>
          <dt>{format('networks.host')}</dt>
          <dd>{format(network.mayReachHost ? 'networks.hostYes' : 'networks.hostNo')}</dd>
        </>
      )}
      {network.dnsNames.length > 0 && (
        <>
          <dt>{format('networks.dnsNames')}</dt>
          <dd>
            {network.dnsNames.map((row) => (
              <div key={`${row.name} ${row.address}`}>
                {row.name} <span className="t3 mono">{row.address}</span>
              </div>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
};
