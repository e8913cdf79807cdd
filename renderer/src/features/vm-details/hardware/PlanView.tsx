// What plugging the adapter in takes: a refusal with the other way, or the steps, folded.
import { Wrench } from 'lucide-react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { NetworkPlan } from '../../../../../shared/model/network-plan.ts';
import type { Nic } from '../../../../../shared/model/network.ts';
import type { Network } from '../../../../../shared/model/networks.ts';
import { Button } from '../../../components/Button.tsx';
import { Fold } from '../../../components/Parts.tsx';
import { Limits, PlanSteps } from '../../../components/PlanSteps.tsx';
import { networkOf } from '../../../model/network-members.ts';
import { useAppStore } from '../../../state/app-store.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { isAttachmentUnfinished } from './attachments.ts';

export const PlanView = ({
  plan,
  nic,
  networks,
}: {
  readonly plan: NetworkPlan | undefined;
  readonly nic: Nic;
  readonly networks: readonly Network[];
}) => {
  const network = networkOf(nic, networks);
  const status = useAppStore((s) => network && s.state.networks[network.id]?.status);
  if (!plan || isAttachmentUnfinished(nic)) return null;
  if (plan.kind === 'refused') return <PlanSteps plan={plan} />;
  // A way without any step of its own says nothing that the card has not said.
  const isPlain = plan.steps.every(({ kind }) => kind === 'native') && plan.limits.length === 0;
  return (
    <>
      {network && status?.state === 'needsSetUp' && (
        <div className="ad-make">
          <Button
            size="small"
            icon={<Wrench size={14} />}
            onClick={() => openDialog({ kind: 'setUpNetwork', network: network.id })}
          >
            {format('adapter.setUp')}
          </Button>
        </div>
      )}
      {isPlain ? null : (
        <>
          <Limits limits={plan.limits} />
          <Fold
            title={format('adapter.plan')}
            aside={format('adapter.steps', { count: plan.steps.length })}
          >
            <div className="ad-plan">
              <PlanSteps plan={{ ...plan, limits: [] }} />
            </div>
          </Fold>
        </>
      )}
    </>
  );
};
