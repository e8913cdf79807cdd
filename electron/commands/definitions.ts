// Where a machine's definition is kept: with its hypervisor, if that keeps an inventory, else in our repository.
// The commands change definitions only through here.
import type { VmId } from '../../shared/model/brand.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { DriverSession, LifecycleContext } from '../drivers/types.ts';
import { bareNics } from '../persist/nic-overlay.ts';
import { overlayOf, withOverlay } from '../persist/overlay-repository.ts';
import { vmById, type CommandContext } from './context.ts';

const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Without what is ours alone: what the hypervisor is asked to keep. */
const hypervisorPart = (definition: VmDefinition): VmDefinition => {
  const rest: Record<string, unknown> = { ...definition };
  delete rest['pin'];
  delete rest['quitPolicy'];
  rest['config'] = { ...definition.config, nics: bareNics(definition.config.nics) };
  return rest as unknown as VmDefinition;
};

/** Writes our part of a machine of an inventory, and shows it. */
const saveOverlay = async (ctx: CommandContext, after: VmDefinition): Promise<void> => {
  const former = ctx.overlays.of(after.id);
  const isFamilyOurs = after.family !== ctx.store.getState().vms[after.id]?.definition.family;
  const overlay = {
    ...overlayOf(after, former),
    ...(isFamilyOurs ? { family: after.family } : {}),
  };
  if (sameData(overlay, former)) return;
  await ctx.overlays.set(after.id, overlay);
  const { definition } = vmById(ctx, after.id);
  ctx.store.dispatch({ kind: 'defined', definition: withOverlay(definition, overlay) });
};

const sessionOf = async (
  ctx: CommandContext,
  { driver }: VmDefinition,
): Promise<DriverSession | undefined> => {
  const current = ctx.supervisor.current(driver);
  if (current) return current.session;
  // A machine of ours can be renamed while its hypervisor is away; one of an inventory cannot be there then.
  return ctx.supervisor.connected(driver).then(
    ({ session }) => session,
    () => undefined,
  );
};

/** Registers a fresh machine. Files go below `folder`, which is there already. */
export const addDefinition = async (
  ctx: CommandContext,
  session: DriverSession,
  definition: VmDefinition,
  job: LifecycleContext,
): Promise<void> => {
  const { id } = definition;
  if (!session.inventory) {
    await ctx.repository.save(definition);
    ctx.store.dispatch({ kind: 'defined', definition });
    return;
  }
  // Before the machine is reported for the first time, so that it shows as it was asked for.
  await ctx.overlays.set(id, { ...overlayOf(definition, {}), family: definition.family });
  try {
    const folder = ctx.repository.folder(id);
    await session.inventory.create(hypervisorPart(definition), folder, job);
  } catch (error) {
    await ctx.overlays.set(id, {});
    throw error;
  }
  if (!ctx.store.getState().vms[id]) ctx.store.dispatch({ kind: 'defined', definition });
};

/** Changes a definition. Rejects with what the hypervisor or the disk says; nothing is changed then. */
export const changeDefinition = async (ctx: CommandContext, after: VmDefinition): Promise<void> => {
  const session = await sessionOf(ctx, after);
  if (!session?.inventory) {
    await ctx.repository.save(after);
    ctx.store.dispatch({ kind: 'defined', definition: after });
    return;
  }
  const before = vmById(ctx, after.id).definition;
  // The family is ours once chosen here; the hypervisor keeps its own word for the guest's system.
  const wanted = hypervisorPart({ ...after, family: before.family });
  const present = hypervisorPart(before);
  if (!sameData(present, wanted)) await session.inventory.edit(present, wanted);
  await saveOverlay(ctx, after);
};

/** Forgets what we keep of a machine that its driver removed. */
export const dropDefinition = async (ctx: CommandContext, id: VmId): Promise<void> => {
  await ctx.repository.remove(id);
  ctx.store.dispatch({ kind: 'undefined', vm: id });
  if (Object.keys(ctx.overlays.of(id)).length > 0) await ctx.overlays.set(id, {});
};
