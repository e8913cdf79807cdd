// Which tabs the page of a machine has: Alt with a digit opens them in this order.
import type { Capabilities } from '../../../shared/model/driver.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { DetailTab } from '../state/ui-store.ts';

/** A machine that cannot be read shows why, and nothing that would need its definition. */
export const tabsOf = (
  vm: Vm | undefined,
  capabilities: Capabilities | undefined,
): readonly DetailTab[] => {
  if (vm?.power === 'damaged') return ['overview'];
  return capabilities?.hasSnapshots
    ? ['overview', 'console', 'hardware', 'snapshots', 'log']
    : ['overview', 'console', 'hardware', 'log'];
};
