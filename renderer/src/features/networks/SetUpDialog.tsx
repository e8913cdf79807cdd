// Setting a network up on this computer: before and after, every step with its command, then one authorisation.
import { ArrowRight, Wrench } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isFailure, type AppError } from '../../../../shared/contract/errors.ts';
import { format } from '../../../../shared/i18n/format.ts';
import type { NetworkPlan } from '../../../../shared/model/network-plan.ts';
import type { NetworkId } from '../../../../shared/model/networks.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Note } from '../../components/Parts.tsx';
import { PlanSteps } from '../../components/PlanSteps.tsx';
import { ErrorCard } from '../../errors/ErrorCard.tsx';
import { useAppStore } from '../../state/app-store.ts';
import { closeDialog } from '../../state/ui-store.ts';

interface Preview {
  readonly plan: NetworkPlan;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const State = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) => (
  <div className="card keep-state">
    <h3 className="xs t2">{title}</h3>
    {lines.length === 0 && <p className="t3">{format('setUp.nothing')}</p>}
    {lines.map((line) => (
      <code key={line} className="mono xs">
        {line}
      </code>
    ))}
  </div>
);

export const SetUpDialog = ({ id }: { readonly id: NetworkId }) => {
  const actions = useActions();
  const row = useAppStore((s) => s.state.networks[id]);
  const [preview, setPreview] = useState<Preview>();
  const [error, setError] = useState<AppError>();
  useEffect(() => {
    let isStale = false;
    actions.client.network.previewSetUp({ id }).then(
      (answer) => {
        if (!isStale) setPreview(answer);
      },
      (failed: unknown) => {
        if (!isStale && isFailure(failed)) setError(failed.error);
      },
    );
    return () => {
      isStale = true;
    };
  }, [actions, id]);
  if (!row) return null;
  const { network } = row;
  const plan = preview?.plan;
  const steps = plan?.kind === 'plan' ? plan.steps : [];
  const movesUplink = steps.some(
    (step) => step.kind === 'privileged' && step.request.verb === 'uplink.attach',
  );
  const setUp = async (): Promise<void> => {
    closeDialog();
    const started = await actions.attempt(actions.client.network.setUp({ id }));
    if (started) actions.watch(started.job, undefined);
  };
  return (
    <Dialog
      isWide
      title={format('setUp.title', { name: network.name })}
      onClose={closeDialog}
      footer={
        <>
          <span className="t2 xs grow">{steps.length > 0 && format('setUp.authorisation')}</span>
          <Button onClick={closeDialog}>
            {format(plan?.kind === 'plan' ? 'common.cancel' : 'common.close')}
          </Button>
          {steps.length > 0 && (
            <Button look="primary" icon={<Wrench size={16} />} onClick={() => void setUp()}>
              {format('setUp.do')}
            </Button>
          )}
        </>
      }
    >
      {error && (
        <ErrorCard
          error={error}
          hasVm={false}
          onAction={(action) => actions.handleError(action, undefined)}
        />
      )}
      {plan?.kind === 'plan' && (
        <>
          <p className="dlg-say">
            {format(
              steps.length === 0 ? 'setUp.already' : movesUplink ? 'setUp.sayUplink' : 'setUp.say',
            )}
          </p>
          <div className="keep-states">
            <State title={format('setUp.before')} lines={preview?.before ?? []} />
            <ArrowRight size={16} aria-hidden="true" />
            <State title={format('setUp.after')} lines={preview?.after ?? []} />
          </div>
        </>
      )}
      {plan && <PlanSteps plan={plan} />}
      {movesUplink && <Note tone="warn">{format('setUp.rollBack')}</Note>}
    </Dialog>
  );
};
