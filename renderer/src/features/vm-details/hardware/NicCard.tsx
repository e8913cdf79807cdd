// One adapter: how it is connected, what that takes on this machine's engine, and its details.
import { Plug, Trash2 } from 'lucide-react';
import { format } from '../../../../../shared/i18n/format.ts';
import { isOnSwitch, type Nic } from '../../../../../shared/model/network.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button, IconButton } from '../../../components/Button.tsx';
import { SwitchRow } from '../../../components/Form.tsx';
import { KindCards } from '../../../components/KindCards.tsx';
import { VerdictMark } from '../../../components/marks.tsx';
import { cellLook } from '../../../model/verdict-look.ts';
import { sortedNetworks } from '../../../model/network-members.ts';
import { useAppStore, useCapabilities } from '../../../state/app-store.ts';
import { showToast } from '../../../state/ui-store.ts';
import { AddressTest } from './AddressTest.tsx';
import {
  attachmentFor,
  isAttachmentUnfinished,
  isLimitBad,
  isNetworkMode,
  modes,
  type Mode,
} from './attachments.ts';
import { CaptureButton } from './CaptureButton.tsx';
import { NatDetails } from './NatDetails.tsx';
import { NetworkDetails } from './NetworkDetails.tsx';
import { NicDetails } from './NicDetails.tsx';
import { PlanView } from './PlanView.tsx';
import type { NicCardProps } from './section-props.ts';
import { standingOf, usePlans } from './use-plans.ts';

const lookOf = {
  works: cellLook.yes,
  limited: cellLook.limited,
  needs: cellLook.needs,
  refused: cellLook.no,
  unknown: cellLook.unknown,
} as const;

export const NicCard = (props: NicCardProps) => {
  const { vm, nic, number, isOffOnly, isInDraft, onChange, onRemove } = props;
  const actions = useActions();
  const { id, driver, config } = vm.definition;
  const capabilities = useCapabilities(driver);
  const table = useAppStore((s) => s.state.networks);
  const networks = sortedNetworks(table);
  const real = config.nics.find((row) => row.id === nic.id);
  const live = isLive(vm.power) && real !== undefined;
  const plans = usePlans(id, nic, networks, { nic: real, live });
  const canCable = live && capabilities?.canChangeCableLive === true;
  const mode = nic.attachment.kind;
  const title = format('hw.nic', { number });

  /** Runs a live call; an open draft of the adapters is kept in step. */
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
  const plugIn = async (): Promise<void> => {
    const done = await actions.attempt(actions.client.network.attach({ id, nic }), id);
    if (done)
      showToast(format(done.appliesAt === 'now' ? 'adapter.pluggedNow' : 'adapter.pluggedLater'));
  };
  const isReplugged = JSON.stringify(real?.attachment) !== JSON.stringify(nic.attachment);
  const isSound = !isAttachmentUnfinished(nic) && !isLimitBad(nic);
  const appliesAt = live && isReplugged && isSound ? plans[mode]?.appliesAt : undefined;
  const canMove =
    live && modes.some((kind) => isOnSwitch({ kind }) && plans[kind]?.appliesAt === 'now');
  const known = capabilities?.nicAttachments;
  const shown = [...modes, ...(mode === 'other' ? (['other'] as const) : [])];

  return (
    <div className="card hw-nic" role="group" aria-label={title}>
      <div className="row hw-nic-head">
        <b className="grow">{title}</b>
        {live && <CaptureButton vm={vm} nic={nic} />}
        <IconButton
          label={format('hw.nic.remove', { number })}
          look="flat"
          disabled={isOffOnly}
          onClick={onRemove}
        >
          <Trash2 size={16} />
        </IconButton>
      </div>
      <fieldset disabled={isOffOnly && !canMove} className="hw-part">
        <KindCards<Mode>
          label={format('mode.label', { number })}
          value={mode}
          cards={shown.map((value) => {
            const foreseen = plans[value];
            const isUnable = known !== undefined && !known.includes(value) && value !== mode;
            const standing = isUnable ? 'refused' : standingOf(foreseen?.plan);
            const { shape, tone } = lookOf[standing];
            const needsNetwork =
              isNetworkMode(value) &&
              isAttachmentUnfinished({ ...nic, attachment: attachmentFor(value, nic, networks) }) &&
              value !== mode;
            return {
              value,
              title: format(`mode.${value}`),
              say: format(`modeSay.${value}`),
              isRefused: standing === 'refused',
              isDisabled: isOffOnly && value !== mode && foreseen?.appliesAt !== 'now',
              ...(value === 'other' || (needsNetwork && !isUnable)
                ? {}
                : {
                    mark: (
                      <span className={`st tone-${tone}`} title={format(`mode.${standing}`)}>
                        <VerdictMark shape={shape} size={14} />
                        <span className="vh">{format(`mode.${standing}`)}</span>
                      </span>
                    ),
                  }),
            };
          })}
          onChange={(next) => onChange({ ...nic, attachment: attachmentFor(next, nic, networks) })}
        />
        <NetworkDetails vm={vm} nic={nic} networks={networks} onChange={onChange} />
      </fieldset>
      <PlanView plan={plans[mode]?.plan} nic={nic} networks={networks} />
      {appliesAt !== undefined && (
        <div className="ad-make" role="status">
          {appliesAt === 'now' && (
            <Button size="small" icon={<Plug size={14} />} onClick={() => void plugIn()}>
              {format('adapter.now')}
            </Button>
          )}
          <span className="xs t2">{format(`adapter.applies.${appliesAt}`)}</span>
        </div>
      )}
      {canMove && appliesAt === undefined && (
        <p className="xs t2">{format(isOffOnly ? 'adapter.movesOff' : 'adapter.movesLater')}</p>
      )}
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
      <fieldset disabled={isOffOnly} className="hw-part">
        <NicDetails {...props} />
      </fieldset>
      <NatDetails {...props} atOnce={atOnce} live={live} />
      {live && mode !== 'none' && <AddressTest vm={vm} nic={nic} />}
    </div>
  );
};
