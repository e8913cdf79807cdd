// "Why this engine?": every candidate with reasons, losses and what would unlock it; the pin; suggestions.
import { Play } from 'lucide-react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { Candidate, Decision } from '../../../../shared/model/compat.ts';
import type { Backend } from '../../../../shared/model/driver.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Sheet } from '../../components/Dialog.tsx';
import { SelectField } from '../../components/Form.tsx';
import { EngineMark, VerdictMark, type VerdictShape } from '../../components/marks.tsx';
import { Note } from '../../components/Parts.tsx';
import { RemedyLine } from '../../components/RemedyLine.tsx';
import { asSentence } from '../../components/sentence.ts';
import { engineTitle, useAppStore, useEngineInfo, useVm } from '../../state/app-store.ts';
import { closeDialog } from '../../state/ui-store.ts';
import { useDecision } from './use-decision.ts';

const look: Readonly<
  Record<Candidate['standing'], { readonly shape: VerdictShape; readonly tone: string }>
> = {
  chosen: { shape: 'yes', tone: 'run' },
  possible: { shape: 'yes', tone: 'off' },
  needsConsent: { shape: 'limited', tone: 'warn' },
  refused: { shape: 'no', tone: 'err' },
  unknown: { shape: 'unknown', tone: 'off' },
};

export const WhySheet = ({ id }: { readonly id: VmId }) => {
  const vm = useVm(id);
  return vm ? <Why vm={vm} /> : null;
};

const Why = ({ vm }: { readonly vm: Vm }) => {
  const decision = useDecision(vm);
  const state = useAppStore((s) => s.state);
  const backend =
    vm.proof?.backend ??
    (decision && decision.outcome.kind !== 'none' ? decision.outcome.backend : undefined);
  return (
    <Sheet
      title={
        backend
          ? format('why.title', { engine: engineTitle(state, backend) })
          : format('why.titleNone')
      }
      onClose={closeDialog}
      footer={
        <>
          <Pin vm={vm} />
          <Button look="primary" className="end" onClick={closeDialog}>
            {format('common.done')}
          </Button>
        </>
      }
    >
      {decision && <Body vm={vm} decision={decision} />}
    </Sheet>
  );
};

const Body = ({ vm, decision }: { readonly vm: Vm; readonly decision: Decision }) => (
  <>
    <p className="sheet-say">
      {decision.outcome.kind === 'ask'
        ? formatText(decision.outcome.question)
        : format('why.because', {
            name: vm.definition.name,
            because: formatText(decision.because),
          })}
    </p>
    {vm.proof && (
      <p className="sheet-say xs">
        <span className={vm.proof.contradicts ? 'st tone-err' : 'st tone-run'}>
          <VerdictMark shape={vm.proof.contradicts ? 'no' : 'yes'} size={14} />
          {format(vm.proof.contradicts ? 'why.alarm' : 'why.proved')}
        </span>{' '}
        <code className="mono">{vm.proof.witness}</code>
      </p>
    )}
    <p className="sheet-say xs t3">{format(`why.confidence.${decision.confidence}`)}</p>
    {isLive(vm.power) && (
      <div className="sheet-say">
        <Note tone="info">{format('why.nextStart')}</Note>
      </div>
    )}
    {decision.action && (
      <div className="sheet-say">
        <RemedyLine remedy={decision.action} />
      </div>
    )}
    <ol>
      {decision.candidates.map((candidate, index) => (
        <CandidateRow
          key={candidate.backend.engine}
          vm={vm}
          candidate={candidate}
          rank={index + 1}
        />
      ))}
      {decision.suggestions.map((suggestion) => (
        <li key={`${suggestion.backend.driver}/${suggestion.backend.engine}`} className="cand">
          <span />
          <EngineTile backend={suggestion.backend} />
          <div className="cand-body">
            <div className="row wrap">
              <EngineName backend={suggestion.backend} />
              <span className="chip tone-warn">
                <VerdictMark shape="limited" />
                {format('why.afterConversion')}
              </span>
            </div>
            {suggestion.reasons.map((reason) => (
              <p key={reason.key}>{asSentence(reason)}</p>
            ))}
          </div>
        </li>
      ))}
    </ol>
  </>
);

const EngineName = ({ backend }: { readonly backend: Backend }) => {
  const title = useAppStore((s) => engineTitle(s.state, backend));
  return <h3>{title}</h3>;
};

const EngineTile = ({ backend }: { readonly backend: Backend }) => {
  const info = useEngineInfo(backend);
  return (
    <span className={info?.speed === 'software' ? 'eng soft' : 'eng'}>
      {info && <EngineMark mark={info.mark} speed={info.speed} size={20} />}
    </span>
  );
};

const CandidateRow = ({
  vm,
  candidate,
  rank,
}: {
  readonly vm: Vm;
  readonly candidate: Candidate;
  readonly rank: number;
}) => {
  const actions = useActions();
  const { backend, standing } = candidate;
  const { shape, tone } = look[standing];
  const canStart = vm.power === 'off' || vm.power === 'saved' || vm.power === 'crashed';
  const canUse = canStart && (standing === 'possible' || standing === 'needsConsent');
  const title = useAppStore((s) => engineTitle(s.state, backend));
  return (
    <li className={standing === 'chosen' ? 'cand cur' : 'cand'}>
      <span className="rank num">{rank}</span>
      <EngineTile backend={backend} />
      <div className="cand-body">
        <div className="row wrap">
          <EngineName backend={backend} />
          <span className={`chip tone-${tone}`}>
            <VerdictMark shape={shape} />
            {format(`why.standing.${standing}`)}
          </span>
        </div>
        {candidate.reasons.map((reason, index) => (
          <p key={`${reason.key}-${index}`}>{asSentence(reason)}</p>
        ))}
        {candidate.lost.length > 0 && (
          <ul className="proof xs">
            {candidate.lost.map((lost, index) => (
              <li key={`${lost.key}-${index}`} className="lost-item">
                <VerdictMark shape="no" size={12} />
                {asSentence(lost)}
              </li>
            ))}
          </ul>
        )}
        {candidate.unlock && <RemedyLine remedy={candidate.unlock} />}
        {canUse && (
          <div>
            <Button
              size="small"
              icon={<Play size={14} />}
              onClick={() => {
                closeDialog();
                actions.start(vm.definition.id, { engine: backend.engine, hasConsent: true });
              }}
            >
              {format('why.useOnce', { engine: title })}
            </Button>
          </div>
        )}
      </div>
    </li>
  );
};

const automatic = 'automatic';

const Pin = ({ vm }: { readonly vm: Vm }) => {
  const actions = useActions();
  const driver = useAppStore((s) => s.state.drivers[vm.definition.driver]);
  const { id, pin } = vm.definition;
  return (
    <div style={{ width: '16rem' }}>
      <SelectField
        label={format('why.pin')}
        value={pin ?? automatic}
        options={[
          { value: automatic, label: format('why.automatic') },
          ...(driver?.engines ?? []).map((engine) => ({
            value: engine.id,
            label: format('why.always', { engine: engine.title }),
          })),
        ]}
        onChange={(value) =>
          void actions.attempt(
            actions.client.vm.edit({ id, pin: value === automatic ? null : value }),
            id,
          )
        }
      />
    </div>
  );
};
