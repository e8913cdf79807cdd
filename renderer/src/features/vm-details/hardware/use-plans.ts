// What plugging an adapter in would take, mode by mode: asked from main again when the adapter or a network changes.
import { useEffect, useState } from 'react';
import type { VmId } from '../../../../../shared/model/brand.ts';
import type { NetworkPlan } from '../../../../../shared/model/network-plan.ts';
import type { Nic } from '../../../../../shared/model/network.ts';
import type { Network } from '../../../../../shared/model/networks.ts';
import { useClient } from '../../../bridge/context.ts';
import { useAppStore } from '../../../state/app-store.ts';
import { attachmentFor, isAttachmentUnfinished, modes, type Mode } from './attachments.ts';

interface Foreseen {
  readonly plan: NetworkPlan;
  /** Of a machine that runs: when the change would take effect; `off`: only while it is off. */
  readonly appliesAt?: 'now' | 'nextStart' | 'off' | undefined;
}
/** A mode without an answer is missing: not asked, or not known. */
export type Plans = Readonly<Partial<Record<Mode, Foreseen>>>;

const pauseMs = 150;

/** `real`: the adapter as it is stored, and whether the machine runs decide what can change at once. */
export const usePlans = (
  id: VmId,
  nic: Nic,
  networks: readonly Network[],
  real: { readonly nic: Nic | undefined; readonly live: boolean },
): Plans => {
  const client = useClient();
  const engines = useAppStore((s) => s.state.engines);
  const rows = useAppStore((s) => s.state.networks);
  const [plans, setPlans] = useState<Plans>({});
  // Cable and forwards change no plan.
  const asked = JSON.stringify(
    modes
      .map((mode): Nic => ({ ...nic, attachment: attachmentFor(mode, nic, networks) }))
      .filter((candidate) => !isAttachmentUnfinished(candidate)),
  );
  const now = JSON.stringify(real);
  useEffect(() => {
    let isStale = false;
    const look = async (): Promise<void> => {
      const found: Partial<Record<Mode, Foreseen>> = {};
      for (const candidate of JSON.parse(asked) as Nic[]) {
        try {
          found[candidate.attachment.kind] = await client.network.planNic({ id, nic: candidate });
        } catch {
          // Not known; the start will tell.
        }
        if (isStale) return;
      }
      setPlans(found);
    };
    const timer = setTimeout(() => void look(), pauseMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [client, id, asked, now, engines, rows]);
  return plans;
};

/** Shape of a mode's mark. */
export const standingOf = (
  plan: NetworkPlan | undefined,
): 'works' | 'limited' | 'needs' | 'refused' | 'unknown' => {
  if (!plan) return 'unknown';
  if (plan.kind === 'refused') return 'refused';
  if (plan.steps.some(({ privilege }) => privilege === 'authorisation')) return 'needs';
  return plan.limits.length > 0 ? 'limited' : 'works';
};
