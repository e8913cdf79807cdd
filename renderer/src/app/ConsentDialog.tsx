// The engine that can run the machine now costs something: start with the person's word only.
import { Play } from 'lucide-react';
import type { AppError } from '../../../shared/contract/errors.ts';
import { format, formatText } from '../../../shared/i18n/format.ts';
import type { EngineId, VmId } from '../../../shared/model/brand.ts';
import { backendKey } from '../../../shared/model/driver.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import { useActions } from '../actions/actions.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { AttentionMark, VerdictMark } from '../components/marks.tsx';
import { asSentence } from '../components/sentence.ts';
import { presentError } from '../errors/present-error.ts';
import { useDecision } from '../hooks/use-decision.ts';
import { engineTitle, useAppStore, useVm } from '../state/app-store.ts';
import { closeDialog, openDialog, type StartOptions } from '../state/ui-store.ts';

export const ConsentDialog = ({
  id,
  start,
  error,
}: {
  readonly id: VmId;
  readonly start: StartOptions;
  readonly error: AppError;
}) => {
  const actions = useActions();
  const shown = presentError(error, true);
  const vm = useVm(id);
  return (
    <Dialog
      isAlert
      title={shown.title}
      onClose={closeDialog}
      lead={
        <span className="tone-warn">
          <AttentionMark size={28} />
        </span>
      }
      footer={
        <>
          <Button look="flat" onClick={() => openDialog({ kind: 'why', vm: id })}>
            {format('why.button')}
          </Button>
          <Button className="end" onClick={closeDialog}>
            {format('consent.no')}
          </Button>
          <Button
            look="primary"
            icon={<Play size={16} />}
            onClick={() => {
              closeDialog();
              actions.start(id, { ...start, hasConsent: true });
            }}
          >
            {format('consent.yes')}
          </Button>
        </>
      }
    >
      <p className="dlg-say">{shown.body}</p>
      {vm && <Loss vm={vm} engine={start.engine} />}
    </Dialog>
  );
};

/** What starting this way costs, and why nothing faster is left. */
const Loss = ({ vm, engine }: { readonly vm: Vm; readonly engine: EngineId | undefined }) => {
  const decision = useDecision(vm);
  const state = useAppStore((s) => s.state);
  if (!decision) return null;
  const { outcome, candidates } = decision;
  const asked = engine ?? (outcome.kind === 'none' ? undefined : outcome.backend.engine);
  const candidate = candidates.find(({ backend }) => backend.engine === asked);
  const refused = candidates.filter(({ standing }) => standing === 'refused');
  return (
    <>
      {candidate && candidate.lost.length > 0 && (
        <section>
          <h3 className="sec">{format('engines.lost')}</h3>
          <ul className="switch-lines">
            {candidate.lost.map((lost, index) => (
              <li key={`${lost.key}-${index}`}>
                <span className="tone-warn">
                  <VerdictMark shape="limited" size={14} />
                </span>
                <span>{asSentence(lost)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {refused.length > 0 && (
        <section>
          <h3 className="sec">{format('consent.others')}</h3>
          <ul className="switch-lines">
            {refused.map(({ backend, reasons }) => (
              <li key={backendKey(backend)}>
                <span className="tone-err">
                  <VerdictMark shape="no" size={14} />
                </span>
                <span>
                  <b>{engineTitle(state, backend)}</b>
                  {reasons[0] && <>: {formatText(reasons[0])}</>}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
};
