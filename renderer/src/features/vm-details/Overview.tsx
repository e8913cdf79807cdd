// What is true about a machine now: problem, decision, screen, facts.
import { formatText, format } from '../../../../shared/i18n/format.ts';
import type { Decision } from '../../../../shared/model/compat.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { EngineTile, Note } from '../../components/Parts.tsx';
import { asSentence } from '../../components/sentence.ts';
import { ErrorCard } from '../../errors/ErrorCard.tsx';
import { engineTitle, useAppStore, useEngineInfo } from '../../state/app-store.ts';
import { openDialog, setTab } from '../../state/ui-store.ts';
import { Facts } from './Facts.tsx';
import { Screen } from './Screen.tsx';
import { useDecision } from '../../hooks/use-decision.ts';

export const Overview = ({ vm }: { readonly vm: Vm }) => {
  const actions = useActions();
  const { id } = vm.definition;
  const live = isLive(vm.power);
  // A machine that cannot be read has a place holder for a definition: its facts would be invented.
  const isReadable = vm.power !== 'damaged';
  return (
    <div className="ov">
      {vm.problem && (
        <ErrorCard
          error={vm.problem}
          hasVm
          onAction={(action) => actions.handleError(action, id)}
          {...(isReadable
            ? { onDismiss: () => void actions.attempt(actions.client.vm.clearProblem({ id }), id) }
            : {})}
        />
      )}
      {vm.missingFiles.length > 0 && (
        <Note
          tone="warn"
          action={
            <Button size="small" onClick={() => setTab('hardware')}>
              {format('err.do.openHardware')}
            </Button>
          }
        >
          {format('vm.missing', { count: vm.missingFiles.length })}
          <ul className="mono">
            {vm.missingFiles.map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </Note>
      )}
      {vm.hasPendingChanges && <Note tone="info">{format('vm.pendingChanges')}</Note>}
      {!isReadable && <p className="t2">{format('vm.unreadable')}</p>}
      {isReadable && <DecisionBand vm={vm} />}
      {isReadable && (
        <div className="two">
          {live && <Screen vm={vm} />}
          <Facts vm={vm} />
        </div>
      )}
      {vm.definition.notes !== undefined && vm.definition.notes !== '' && (
        <section className="notes">
          <h2 className="sec">{format('hw.notes')}</h2>
          <p style={{ whiteSpace: 'pre-wrap' }}>{vm.definition.notes}</p>
        </section>
      )}
    </div>
  );
};

/** "Runs on X because Y", how sure that is, what is lost, and the way to the reasons. */
const DecisionBand = ({ vm }: { readonly vm: Vm }) => {
  const decision = useDecision(vm);
  const state = useAppStore((s) => s.state);
  const { engine, proof } = vm;
  const outcome = decision?.outcome;
  const backend =
    engine?.backend ?? (outcome && outcome.kind !== 'none' ? outcome.backend : undefined);
  const info = useEngineInfo(backend);
  if (!engine && !decision) return null;
  const why = () => openDialog({ kind: 'why', vm: vm.definition.id });
  const because = engine?.because ?? decision?.because;
  const standing = engine?.standing ?? 'expected';
  const isRefused = standing === 'refused' || outcome?.kind === 'none';
  return (
    <section
      className={standing === 'alarm' || isRefused ? 'decide alarm' : 'decide'}
      aria-label={format('why.region')}
    >
      <EngineTile info={info} />
      <div className="grow">
        <p className="say">
          {isRefused || !backend
            ? because && format('why.refused', { because: formatText(because) })
            : because &&
              format(standing === 'proved' || standing === 'alarm' ? 'why.runs' : 'why.willRun', {
                engine: engineTitle(state, backend),
                because: formatText(because),
              })}
        </p>
        <p className="xs proof">
          <Standing standing={standing} decision={decision} />
          {proof && <span className="t3 mono">{proof.witness}</span>}
          {standing === 'alarm' && proof?.contradicts && (
            <span className="tone-err">
              {format('why.contradicts', { engine: engineTitle(state, proof.contradicts) })}
            </span>
          )}
          {decision?.lost.map((lost, index) => (
            <span key={`${lost.key}-${index}`} className="lost-item">
              <VerdictMark shape="no" size={12} />
              {asSentence(lost)}
            </span>
          ))}
        </p>
      </div>
      <Button onClick={why}>{format('why.button')}</Button>
    </section>
  );
};

const Standing = ({
  standing,
  decision,
}: {
  readonly standing: 'proved' | 'expected' | 'alarm' | 'refused';
  readonly decision: Decision | undefined;
}) => {
  switch (standing) {
    case 'proved':
      return (
        <span className="st tone-run">
          <VerdictMark shape="yes" size={14} />
          {format('why.proved')}
        </span>
      );
    case 'alarm':
      return (
        <span className="st tone-err">
          <VerdictMark shape="no" size={14} />
          {format('why.alarm')}
        </span>
      );
    case 'refused':
      return (
        <span className="st tone-err">
          <VerdictMark shape="no" size={14} />
          {format('why.cannot')}
        </span>
      );
    case 'expected':
      return (
        <span className="st tone-off">
          <VerdictMark shape="unknown" size={14} />
          {format(decision?.confidence === 'assumed' ? 'why.confidence.assumed' : 'why.expected')}
        </span>
      );
  }
};
