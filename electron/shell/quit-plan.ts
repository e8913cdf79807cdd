// What leaving does with each running VM: its own policy first, then the settings, else the person is asked. Pure.
import type { VmId } from '../../shared/model/brand.ts';
import { allowedActions, isLive, type VmAction } from '../../shared/model/power.ts';
import { defaultSettings, type QuitPolicy } from '../../shared/model/settings.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { AppState } from '../../shared/state/app-state.ts';

export type QuitChoice = Exclude<QuitPolicy, 'ask'>;

export interface QuitPlan {
  /** VMs the person must be asked about; empty = nothing to ask. */
  readonly ask: readonly VmId[];
  readonly decided: readonly { readonly vm: VmId; readonly choice: QuitChoice }[];
}

export const planQuit = (state: AppState): QuitPlan => {
  const general = (state.settings['settings'] ?? defaultSettings).quitPolicy;
  const ask: VmId[] = [];
  const decided: { vm: VmId; choice: QuitChoice }[] = [];
  for (const { definition, power } of Object.values(state.vms)) {
    if (!isLive(power)) continue;
    const policy = definition.quitPolicy ?? general;
    if (policy === 'ask') ask.push(definition.id);
    else decided.push({ vm: definition.id, choice: policy });
  }
  return { ask, decided };
};

export const withAnswer = (plan: QuitPlan, choice: QuitChoice): QuitPlan => ({
  ask: [],
  decided: [...plan.decided, ...plan.ask.map((vm) => ({ vm, choice }))],
});

const actionOf: Readonly<Record<QuitChoice, VmAction | undefined>> = {
  keepRunning: undefined,
  saveState: 'save',
  shutdown: 'shutdown',
};

/**
 * The action that carries a choice out now. `undefined` = leave the VM as it is: it shall keep running, it is
 * on its way out already, or it cannot take the action in its state (a paused guest cannot shut itself down).
 */
export const quitAction = (
  vm: Vm | undefined,
  choice: QuitChoice,
): Extract<VmAction, 'save' | 'shutdown'> | undefined => {
  const action = actionOf[choice];
  if (!vm || action === undefined || !allowedActions(vm.power).includes(action)) return undefined;
  return action === 'save' || action === 'shutdown' ? action : undefined;
};
