// Makes and changes machines in VirtualBox's own inventory.
import { rmdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { failure, isFailure } from '../../../../shared/contract/errors.ts';
import { isLive, type PowerState } from '../../../../shared/model/power.ts';
import type { Nic } from '../../../../shared/model/network.ts';
import type { VmConfig } from '../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import type { InventoryFacet, LifecycleContext } from '../../types.ts';
import { readMachine } from '../launch.ts';
import type { MachineContext } from '../machine-context.ts';
import type { LentNics } from '../net/lent-nics.ts';
import { forwardsOf } from '../parse-vminfo.ts';
import { powerOf } from '../power-state.ts';
import type { VBoxApi } from '../vbox-api.ts';
import { forgetMedium, knownMedia } from './known-media.ts';
import { emptyLayout, readLayout, type Layout } from './layout.ts';
import { osTypeOf } from './os-types.ts';
import { planEdit, planLiveEdit, planNew } from './plan.ts';
import { inOurWords } from './refusals.ts';
import { runSteps, type StepContext } from './run-steps.ts';
import { bySlot, ruleName } from './words.ts';

type Machines = Pick<MachineContext, 'manage' | 'api' | 'refresh' | 'ctx' | 'powerOf'>;
type InventoryDeps = Machines & { readonly nics: Pick<LentNics, 'movable' | 'move'> };

const noneLent: InventoryDeps['nics'] = { movable: () => [], move: () => Promise.resolve() };

const stepsOf = ({ manage, ctx }: InventoryDeps, signal?: AbortSignal): StepContext => ({
  manage,
  log: ctx.log,
  ...(signal ? { signal } : {}),
});

/**
 * A slot that was NAT before remembers its rules, and does not show them until it is NAT again: what nobody asked for
 * is taken away.
 */
const dropStrayForwards = async (
  deps: InventoryDeps,
  before: VmDefinition | undefined,
  after: VmDefinition,
): Promise<void> => {
  const old = bySlot([], before?.config.nics ?? []);
  const wanted = bySlot(before?.config.nics ?? [], after.config.nics);
  const isNewNat = (slot: number): boolean =>
    wanted[slot]?.attachment.kind === 'nat' && old[slot]?.attachment.kind !== 'nat';
  if (![...wanted.keys()].some(isNewNat)) return;
  const info = await readMachine(deps.manage, after.id);
  const words = forwardsOf(info).flatMap(({ nic, name }) => {
    const attachment = wanted[nic - 1]?.attachment;
    const asked = attachment?.kind === 'nat' ? attachment.forwards.map(ruleName) : [];
    return isNewNat(nic - 1) && !asked.includes(name) ? [`--nat-pf${nic}`, 'delete', name] : [];
  });
  if (words.length > 0) await deps.manage.change(['modifyvm', after.id, ...words]);
};

const mediaOf = ({ disks, cdDrives, floppy }: VmConfig): readonly string[] =>
  [...disks, ...cdDrives, floppy].flatMap((row) => (row?.path === undefined ? [] : [row.path]));

/** Takes back a machine we just made: its disks are let go of first, so that nobody's image is deleted with it. */
const unmake = async (
  deps: InventoryDeps,
  { id: vm, config }: VmDefinition,
  folder: string,
  known: ReadonlySet<string>,
): Promise<void> => {
  const info = await readMachine(deps.manage, vm);
  const { attached } = readLayout(info);
  for (const { controller, port, device } of attached) {
    const place = ['--port', String(port), '--device', String(device)];
    const words = ['storageattach', vm, '--storagectl', controller, ...place, '--medium', 'none'];
    await deps.manage.change(words);
  }
  await deps.manage.change(['unregistervm', vm, '--delete']);
  for (const path of mediaOf(config)) {
    if (!known.has(path)) await forgetMedium(deps.manage, path);
  }
  const made = dirname(info.settingsFile);
  // VirtualBox leaves a folder it cannot name; one with anything in it stays.
  if (made.startsWith(folder + sep)) await rmdir(made).catch(() => undefined);
};

const create = async (
  deps: InventoryDeps,
  definition: VmDefinition,
  folder: string,
  { signal, progress }: LifecycleContext,
): Promise<void> => {
  const { id, name, family } = definition;
  progress(null);
  const known = await knownMedia(deps.manage);
  try {
    // prettier-ignore
    await deps.manage.change(
      ['createvm', '--name', name, '--ostype', osTypeOf(family), '--uuid', id, '--basefolder', folder, '--register'],
      { signal },
    );
    const steps = planNew(definition, emptyLayout);
    await runSteps(stepsOf(deps, signal), name, steps);
    await dropStrayForwards(deps, undefined, definition);
  } catch (error) {
    await unmake(deps, definition, folder, known).catch((problem: unknown) => {
      // Not made at all: nothing to take back.
      if (isFailure(problem, 'vm/not-found')) return;
      deps.ctx.log.warn('a machine could not be unmade', { vm: id, error: String(problem) });
    });
    throw inOurWords(error, name, 'The machine');
  }
  await deps.refresh(id);
};

/** VBoxManage changes notes only when the machine is off, the API also while it runs. */
const writeNotes = (api: VBoxApi, { id, notes }: VmDefinition): Promise<void> =>
  api.withMachine(id, async (machine) => {
    await api.call('IMachine_setDescription', { _this: machine, description: notes ?? '' });
    await api.call('IMachine_saveSettings', { _this: machine });
  });

const withoutMoves = (
  before: VmDefinition,
  after: VmDefinition,
  moved: readonly Nic[],
): VmDefinition => {
  const former = new Map(before.config.nics.map((nic) => [nic.id, nic.attachment]));
  const nics = after.config.nics.map((nic) => {
    const attachment = moved.includes(nic) ? former.get(nic.id) : undefined;
    return attachment ? { ...nic, attachment } : nic;
  });
  return { ...after, config: { ...after.config, nics } };
};

const editLive = async (
  deps: InventoryDeps,
  before: VmDefinition,
  after: VmDefinition,
  layout: Layout,
): Promise<void> => {
  const { id, name } = before;
  // VirtualBox has no part in where those ports are.
  const moved = deps.nics.movable(id, after.config.nics);
  const api = before.notes === after.notes ? undefined : deps.api();
  const staying = withoutMoves(before, after, moved);
  const { notes: _notes, ...bare } = staying;
  const rest = { ...bare, ...(before.notes === undefined ? {} : { notes: before.notes }) };
  const plan = planLiveEdit(before, api ? rest : staying, layout);
  if (plan.kind === 'refused') {
    throw failure('vm/not-changeable-live', { name, setting: plan.setting });
  }
  await runSteps(stepsOf(deps), name, plan.steps);
  if (api) await writeNotes(api, after);
  if (moved.length > 0) await deps.nics.move(id, moved);
};

const edit = async (
  deps: InventoryDeps,
  before: VmDefinition,
  after: VmDefinition,
): Promise<void> => {
  const { id, name } = before;
  // A beginning machine does not bear being read.
  const power = deps.powerOf(id);
  if (power === 'starting' || power === 'restoring') {
    throw failure('vm/not-changeable-live', { name, setting: 'A machine that is just starting' });
  }
  const info = await readMachine(deps.manage, id);
  const layout = readLayout(info);
  const state: PowerState = powerOf(info.state) ?? 'crashed';
  try {
    if (isLive(state)) {
      await editLive(deps, before, after, layout);
    } else {
      await runSteps(stepsOf(deps), name, planEdit(before, after, layout));
      await dropStrayForwards(deps, before, after);
    }
  } catch (error) {
    // Whatever became of it, what is shown is what VirtualBox has.
    await deps.refresh(id).catch(() => undefined);
    throw error;
  }
  await deps.refresh(id);
};

export const createInventory = (
  machines: Machines,
  nics: InventoryDeps['nics'] = noneLent,
): InventoryFacet => {
  const deps = { ...machines, nics };
  return {
    create: (definition, folder, ctx) => create(deps, definition, folder, ctx),
    edit: (before, after) => edit(deps, before, after),
  };
};
