// What VirtualBox is told to turn one definition into another: command lines of VBoxManage with their way back. Pure.
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import type { Layout } from './layout.ts';
import { storageSteps, type Step } from './storage.ts';
import { changesBetween, wordsOfNew, type Change } from './words.ts';

const together = (vm: string, changes: readonly Change[]): readonly Step[] => {
  const [first] = changes;
  if (!first) return [];
  // The way back is walked backwards: a rule that came is taken away before the one it replaced returns.
  const back = [...changes].reverse().flatMap((row) => row.back ?? []);
  return [
    {
      setting: first.setting,
      args: ['modifyvm', vm, ...changes.flatMap((row) => row.words)],
      undo: back.length === 0 ? [] : ['modifyvm', vm, ...back],
    },
  ];
};

/** For a machine that is off. Only what differs is written. */
export const planEdit = (
  before: VmDefinition,
  after: VmDefinition,
  layout: Layout,
): readonly Step[] => [
  ...together(before.id, changesBetween(before, after)),
  ...storageSteps(before.id, before.config, after.config, layout),
];

/** For a machine that runs. `{ kind: 'refused' }` names the first setting that needs it to be off. */
export const planLiveEdit = (
  before: VmDefinition,
  after: VmDefinition,
  layout: Layout,
):
  | { readonly kind: 'possible'; readonly steps: readonly Step[] }
  | { readonly kind: 'refused'; readonly setting: string } => {
  const changes = changesBetween(before, after);
  const storage = storageSteps(before.id, before.config, after.config, layout);
  const fixed = changes.find((row) => !row.live) ?? storage.find((step) => !step.isLive);
  if (fixed) return { kind: 'refused', setting: fixed.setting };
  const steps = changes.map(({ setting, live }): Step => ({
    setting,
    args: ['controlvm', before.id, ...(live?.words ?? [])],
    undo: ['controlvm', before.id, ...(live?.back ?? [])],
  }));
  return { kind: 'possible', steps: [...steps, ...storage] };
};

/** For a machine that was just made by `createvm`. */
export const planNew = (definition: VmDefinition, layout: Layout): readonly Step[] => [
  {
    setting: 'The machine',
    args: ['modifyvm', definition.id, ...wordsOfNew(definition)],
    undo: [],
  },
  ...storageSteps(definition.id, undefined, definition.config, layout),
];
