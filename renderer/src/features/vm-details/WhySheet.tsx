// "Why this engine?": every candidate with reasons, losses and what would unlock it; switching; suggestions.
import { ArrowLeftRight, Play, RotateCcw } from 'lucide-react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { Candidate, Decision, Suggestion } from '../../../../shared/model/compat.ts';
import { backendKey, isSameBackend, type Backend } from '../../../../shared/model/driver.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Sheet } from '../../components/Dialog.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { EngineTile, Note } from '../../components/Parts.tsx';
import { RemedyLine } from '../../components/RemedyLine.tsx';
import { asSentence } from '../../components/sentence.ts';
import type { Look } from '../../model/verdict-look.ts';
import { engineTitle, useAppStore, useEngineInfo, useVm } from '../../state/app-store.ts';
import { closeDialog, goTo, openDialog } from '../../state/ui-store.ts';
import { useDecision } from '../../hooks/use-decision.ts';

const look: Readonly<Record<Candidate['standing'], Look>> = {
  chosen: { shape: 'yes', tone: 'run' },
  possible: { shape: 'yes', tone: 'run' },
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
          <Choice vm={vm} />
          <span className="end" />
          <Button
            look="flat"
            onClick={() => {
              closeDialog();
              goTo({ kind: 'compatibility', vm: vm.definition.id });
            }}
          >
            {format('nav.compatibility')}
          </Button>
          <Button look="primary" onClick={closeDialog}>
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
        ? `${asSentence(decision.because)} ${formatText(decision.outcome.question)}`
        : format(decision.outcome.kind === 'none' ? 'why.refused' : 'why.because', {
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
    </ol>
    <Suggestions suggestions={decision.suggestions} />
  </>
);

/** Engines of other hypervisors: reachable only by converting the machine, which does not exist yet. */
const Suggestions = ({ suggestions }: { readonly suggestions: readonly Suggestion[] }) => {
  if (suggestions.length === 0) return null;
  return (
    <section className="why-else" aria-label={format('why.elsewhere')}>
      <h3 className="gh">{format('why.elsewhere')}</h3>
      <p className="sheet-say xs t2">{format('why.conversionLater')}</p>
      <ul>
        {suggestions.map(({ backend, reasons }) => (
          <li key={backendKey(backend)} className="cand">
            <span />
            <CandidateTile backend={backend} />
            <div className="cand-body">
              <div className="row wrap">
                <EngineName backend={backend} />
                <span className="chip tone-warn">
                  <VerdictMark shape="limited" />
                  {format('why.afterConversion')}
                </span>
              </div>
              {reasons.map((reason, index) => (
                <p key={`${reason.key}-${index}`}>{asSentence(reason)}</p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
};

const EngineName = ({ backend }: { readonly backend: Backend }) => {
  const title = useAppStore((s) => engineTitle(s.state, backend));
  return <h3>{title}</h3>;
};

const CandidateTile = ({ backend }: { readonly backend: Backend }) => {
  const info = useEngineInfo(backend);
  return <EngineTile info={info} />;
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
  const { id, pin } = vm.definition;
  const canSwitch = standing !== 'refused' && pin !== backend.engine;
  const isInUse =
    isLive(vm.power) && vm.proof !== undefined && isSameBackend(vm.proof.backend, backend);
  const title = useAppStore((s) => engineTitle(s.state, backend));
  return (
    <li className={isInUse || (standing === 'chosen' && !isLive(vm.power)) ? 'cand cur' : 'cand'}>
      <span className="rank num">{rank}</span>
      <CandidateTile backend={backend} />
      <div className="cand-body">
        <div className="row wrap">
          <EngineName backend={backend} />
          <span className={`chip tone-${tone}`}>
            <VerdictMark shape={shape} />
            {format(`why.standing.${standing}`)}
          </span>
          {isInUse && standing !== 'chosen' && <span className="chip">{format('why.inUse')}</span>}
          {pin === backend.engine && <span className="chip">{format('why.pinned')}</span>}
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
        {(canUse || canSwitch) && (
          <div className="row wrap">
            {canUse && (
              <Button
                size="small"
                icon={<Play size={14} />}
                onClick={() => {
                  closeDialog();
                  actions.start(id, { engine: backend.engine, hasConsent: true });
                }}
              >
                {format('why.useOnce', { engine: title })}
              </Button>
            )}
            {canSwitch && (
              <Button
                size="small"
                icon={<ArrowLeftRight size={14} />}
                onClick={() => openDialog({ kind: 'switch', vm: id, engine: backend.engine })}
              >
                {format(standing === 'chosen' ? 'engines.always' : 'engines.switch')}
              </Button>
            )}
          </div>
        )}
      </div>
    </li>
  );
};

/** What the machine's owner chose, and the way back to no choice. */
const Choice = ({ vm }: { readonly vm: Vm }) => {
  const { id, pin, driver } = vm.definition;
  const title = useAppStore((s) =>
    pin === undefined ? '' : engineTitle(s.state, { driver, engine: pin }),
  );
  return (
    <>
      <span>
        {pin === undefined
          ? format('why.choice.automatic')
          : format('why.choice.always', { engine: title })}
      </span>
      {pin !== undefined && (
        <Button
          size="small"
          icon={<RotateCcw size={14} />}
          onClick={() => openDialog({ kind: 'automatic', vm: id })}
        >
          {format('engines.automatic')}
        </Button>
      )}
    </>
  );
};
