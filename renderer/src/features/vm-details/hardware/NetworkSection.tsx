// Network adapters: model, address, attachment, cable (live) and port forwards (live).
import { Plus, Shuffle, Trash2 } from 'lucide-react';
import { format } from '../../../../../shared/i18n/format.ts';
import { nicModelSchema, type Nic, type PortForward } from '../../../../../shared/model/network.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button, IconButton } from '../../../components/Button.tsx';
import { SelectField, SwitchRow, TextField } from '../../../components/Form.tsx';
import { useCapabilities, useDriver } from '../../../state/app-store.ts';
import { forwardsOf } from '../../../model/forwards.ts';
import { freeId, randomMac, type HardwareProblems } from './draft.ts';
import { Forwards } from './Forwards.tsx';
import type { SectionProps } from './section-props.ts';
import { Section, whenOf } from './Section.tsx';
import { WorksOn } from './WorksOn.tsx';

const maxNics = 8;

export const NetworkSection = ({
  vm,
  config,
  onChange,
  problems,
  isOffOnly,
  works,
}: SectionProps & { readonly problems: HardwareProblems }) => {
  const live = isLive(vm.power);
  const { driver } = vm.definition;
  const models = useCapabilities(driver)?.nicModels ?? nicModelSchema.options;
  const offered = nicModelSchema.options.filter((model) => models.includes(model));
  const add = (): void =>
    onChange({
      nics: [
        ...config.nics,
        {
          id: freeId('nic', config.nics),
          model: config.nics[0]?.model ?? offered[0] ?? 'e1000',
          mac: randomMac(Math.random),
          isCableConnected: true,
          attachment: { kind: 'nat', ipv6: true, forwards: [] },
        },
      ],
    });
  return (
    <Section
      title={format('fact.network')}
      when={whenOf(live, isOffOnly)}
      action={
        config.nics.length < maxNics && (
          <Button size="small" icon={<Plus size={14} />} disabled={isOffOnly} onClick={add}>
            {format('hw.nic.add')}
          </Button>
        )
      }
    >
      <WorksOn vm={vm} rows={works} group="networks" />
      {config.nics.length === 0 && <p className="t3">{format('hw.nic.none')}</p>}
      {config.nics.map((nic, index) => (
        <NicCard
          key={nic.id}
          vm={vm}
          nic={nic}
          number={index + 1}
          isOffOnly={isOffOnly}
          isMacBad={problems.macs.includes(nic.id)}
          models={offered.includes(nic.model) ? offered : [...offered, nic.model]}
          others={config.nics.flatMap(forwardsOf)}
          isInDraft={config.nics !== vm.definition.config.nics}
          onChange={(next) =>
            onChange({ nics: config.nics.map((row) => (row.id === nic.id ? next : row)) })
          }
          onRemove={() => onChange({ nics: config.nics.filter((row) => row.id !== nic.id) })}
        />
      ))}
    </Section>
  );
};

const NicCard = ({
  vm,
  nic,
  number,
  isOffOnly,
  isMacBad,
  models,
  others,
  isInDraft,
  onChange,
  onRemove,
}: {
  readonly vm: SectionProps['vm'];
  readonly nic: Nic;
  readonly number: number;
  readonly isOffOnly: boolean;
  readonly isMacBad: boolean;
  readonly models: readonly Nic['model'][];
  readonly others: readonly PortForward[];
  readonly isInDraft: boolean;
  readonly onChange: (nic: Nic) => void;
  readonly onRemove: () => void;
}) => {
  const actions = useActions();
  const { id, driver, config } = vm.definition;
  const capabilities = useCapabilities(driver);
  const isReal = config.nics.some((row) => row.id === nic.id);
  const live = isLive(vm.power) && isReal;
  const canCable = live && capabilities?.canChangeCableLive === true;
  const canForward = live && capabilities?.canChangeForwardsLive === true;
  const title = format('hw.nic', { number });

  /** Runs the live call; an open draft of the adapters is kept in step. */
  const atOnce = async (work: Promise<void>, next: Nic): Promise<boolean> => {
    const isDone = await actions.attempt(
      work.then(() => true),
      id,
    );
    if (isDone === true && isInDraft) onChange(next);
    return isDone === true;
  };
  const setCable = (isCableConnected: boolean): void => {
    const next = { ...nic, isCableConnected };
    if (canCable)
      void atOnce(
        actions.client.vm.setCable({ id, nic: nic.id, isConnected: isCableConnected }),
        next,
      );
    else onChange(next);
  };
  const withForwards = (forwards: readonly PortForward[]): Nic =>
    nic.attachment.kind === 'nat' ? { ...nic, attachment: { ...nic.attachment, forwards } } : nic;
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

  return (
    <div className="card hw-nic" role="group" aria-label={title}>
      <div className="row">
        <b className="grow">{title}</b>
        <IconButton
          label={format('hw.nic.remove', { number })}
          look="flat"
          disabled={isOffOnly}
          onClick={onRemove}
        >
          <Trash2 size={16} />
        </IconButton>
      </div>
      <fieldset className="form-3" disabled={isOffOnly}>
        <SelectField
          label={format('hw.nic.attached')}
          value={nic.attachment.kind}
          options={[
            { value: 'nat', label: format('hw.nic.nat') },
            { value: 'none', label: format('hw.nic.nothing') },
            ...(nic.attachment.kind === 'nat' || nic.attachment.kind === 'none'
              ? []
              : [
                  {
                    value: nic.attachment.kind,
                    label: format(`hw.nic.kind.${nic.attachment.kind}`),
                  },
                ]),
          ]}
          onChange={(kind) =>
            onChange({
              ...nic,
              attachment:
                kind === 'nat'
                  ? { kind, ipv6: true, forwards: [] }
                  : kind === 'none'
                    ? { kind }
                    : nic.attachment,
            })
          }
        />
        <SelectField
          label={format('hw.nic.model')}
          value={nic.model}
          options={models.map((model) => ({ value: model, label: model }))}
          onChange={(model) => onChange({ ...nic, model })}
        />
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <div className="grow">
            <TextField
              label={format('hw.nic.mac')}
              className="input mono"
              value={nic.mac}
              onChange={(mac) => onChange({ ...nic, mac: mac.trim().toLowerCase() })}
              problem={isMacBad ? format('hw.nic.macBad') : undefined}
            />
          </div>
          <IconButton
            label={format('hw.nic.newMac')}
            onClick={() => onChange({ ...nic, mac: randomMac(Math.random) })}
          >
            <Shuffle size={16} />
          </IconButton>
        </div>
        <KeptAttachment vm={vm} nic={nic} />
      </fieldset>
      <SwitchRow
        label={
          <>
            {format('hw.nic.cable')}{' '}
            {canCable && <span className="chip">{format('hw.atOnce')}</span>}
          </>
        }
        isOn={nic.isCableConnected}
        onChange={setCable}
        disabled={isOffOnly && !canCable}
      />
      {nic.attachment.kind === 'nat' && (
        <>
          <SwitchRow
            label={format('hw.nic.ipv6')}
            isOn={nic.attachment.ipv6}
            disabled={isOffOnly}
            onChange={(ipv6) =>
              nic.attachment.kind === 'nat' &&
              onChange({ ...nic, attachment: { ...nic.attachment, ipv6 } })
            }
          />
          <fieldset disabled={isOffOnly && !canForward}>
            <Forwards
              forwards={nic.attachment.forwards}
              others={others}
              isLive={canForward}
              onAdd={addForward}
              onRemove={removeForward}
            />
          </fieldset>
        </>
      )}
    </div>
  );
};

/** Ways to a network that Polyvisor does not make itself: shown with their name, kept as they are. */
const KeptAttachment = ({ vm, nic }: { readonly vm: SectionProps['vm']; readonly nic: Nic }) => {
  const driver = useDriver(vm.definition.driver)?.title ?? vm.definition.driver;
  const { attachment } = nic;
  if (attachment.kind === 'nat' || attachment.kind === 'none') return null;
  const name =
    attachment.kind === 'bridged'
      ? attachment.uplink
      : attachment.kind === 'other'
        ? attachment.name
        : attachment.network;
  return (
    <TextField
      label={format(attachment.kind === 'bridged' ? 'hw.nic.uplink' : 'hw.nic.network')}
      value={name}
      readOnly
      onChange={() => undefined}
      help={format('hw.nic.keptKind', { driver })}
    />
  );
};
