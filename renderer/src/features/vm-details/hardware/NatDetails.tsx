// What only an adapter with a NAT of its own has: IPv6, the program that carries it, this computer, port forwards.
import { format } from '../../../../../shared/i18n/format.ts';
import type { Nic, NicAttachment, PortForward } from '../../../../../shared/model/network.ts';
import { useActions } from '../../../actions/actions.ts';
import { SelectField, SwitchRow } from '../../../components/Form.tsx';
import { forwardsOf } from '../../../model/forwards.ts';
import { useCapabilities } from '../../../state/app-store.ts';
import { Forwards } from './Forwards.tsx';
import type { NicCardProps } from './section-props.ts';

type Nat = Extract<NicAttachment, { readonly kind: 'nat' }>;

export const NatDetails = ({
  vm,
  nic,
  others,
  isOffOnly,
  live,
  atOnce,
  onChange,
}: NicCardProps & {
  readonly live: boolean;
  /** Runs a live call and keeps an open draft in step with `next`. */
  readonly atOnce: (work: Promise<void>, next: Nic) => Promise<boolean>;
}) => {
  const actions = useActions();
  const { id, driver } = vm.definition;
  const capabilities = useCapabilities(driver);
  const { attachment } = nic;
  if (attachment.kind !== 'nat') return null;
  const stored = vm.definition.config.nics.find((row) => row.id === nic.id)?.attachment;
  const isByPasst = stored?.kind === 'nat' && stored.stack === 'passt';
  const canForward = live && !isByPasst && capabilities?.canChangeForwardsLive === true;
  const canPasst =
    attachment.stack !== undefined ||
    (capabilities?.networking ?? []).some(({ plugs }) => plugs.includes('passt'));
  const change = (part: Partial<Nat>): void =>
    onChange({ ...nic, attachment: { ...attachment, ...part } });
  const withForwards = (forwards: readonly PortForward[]): Nic => ({
    ...nic,
    attachment: { ...attachment, forwards },
  });
  const addForward = async (forward: PortForward): Promise<boolean> => {
    const next = withForwards([...forwardsOf(nic), forward]);
    if (canForward) return atOnce(actions.client.vm.addForward({ id, nic: nic.id, forward }), next);
    onChange(next);
    return true;
  };
  const removeForward = (forward: PortForward): void => {
    const next = withForwards(forwardsOf(nic).filter((row) => row.id !== forward.id));
    if (canForward)
      void atOnce(actions.client.vm.removeForward({ id, nic: nic.id, forward: forward.id }), next);
    else onChange(next);
  };
  const changePort = (forward: PortForward, hostPort: number): void => {
    const moved = { ...forward, hostPort };
    const next = withForwards(forwardsOf(nic).map((row) => (row.id === forward.id ? moved : row)));
    if (canForward)
      void atOnce(
        actions.client.vm
          .removeForward({ id, nic: nic.id, forward: forward.id })
          .then(() => actions.client.vm.addForward({ id, nic: nic.id, forward: moved })),
        next,
      );
    else onChange(next);
  };
  return (
    <>
      <fieldset disabled={isOffOnly} className="hw-part">
        <SwitchRow
          label={format('hw.nic.ipv6')}
          isOn={attachment.ipv6}
          disabled={isOffOnly}
          onChange={(ipv6) => change({ ipv6 })}
        />
        <SwitchRow
          label={format('adapter.mayReachHost')}
          help={format('adapter.mayReachHostHelp')}
          isOn={attachment.mayReachHost === true}
          disabled={isOffOnly}
          onChange={(mayReachHost) => change({ mayReachHost })}
        />
        {canPasst && (
          <div className="form-3">
            <SelectField
              label={format('adapter.stack')}
              value={attachment.stack ?? 'slirp'}
              options={(['slirp', 'passt'] as const).map((value) => ({
                value,
                label: format(`adapter.stack.${value}`),
              }))}
              onChange={(stack) => change({ stack })}
              disabled={isOffOnly}
            />
          </div>
        )}
      </fieldset>
      <fieldset disabled={isOffOnly && !canForward} className="hw-part">
        {live && isByPasst && <p className="xs t2">{format('adapter.passtForwards')}</p>}
        <Forwards
          owner={`${id}/${nic.id}`}
          forwards={attachment.forwards}
          others={others}
          isLive={canForward}
          onAdd={addForward}
          onRemove={removeForward}
          onPort={changePort}
        />
      </fieldset>
    </>
  );
};
