// A machine and its engines beyond starting: switching with a preview, passwords, snapshots, the hypervisor's own window.
import { failure } from '../../shared/contract/errors.ts';
import type { EngineId, VmId } from '../../shared/model/brand.ts';
import type { SwitchPreview } from '../../shared/model/compat-table.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { vmById, type CommandContext } from './context.ts';

const notOffered = (ctx: CommandContext, id: VmId, feature: string): Error =>
  failure('vm/feature-unavailable', { feature, reason: vmById(ctx, id).definition.name });

export const unlock = async (ctx: CommandContext, id: VmId, password: string): Promise<void> => {
  const { session } = await ctx.supervisor.connected(vmById(ctx, id).definition.driver);
  if (!session.unlock) throw notOffered(ctx, id, 'A password');
  await session.unlock(id, password);
};

export const snapshots = async (ctx: CommandContext, id: VmId): Promise<readonly Snapshot[]> => {
  const { session } = await ctx.supervisor.connected(vmById(ctx, id).definition.driver);
  return session.snapshots?.list(id) ?? [];
};

export const openWindow = async (ctx: CommandContext, id: VmId): Promise<void> => {
  const { session } = await ctx.supervisor.connected(vmById(ctx, id).definition.driver);
  if (!session.openWindow) throw notOffered(ctx, id, 'A window of its own');
  await session.openWindow(id);
};

export interface SwitchWish {
  readonly engine: EngineId | null;
  readonly isLasting: boolean;
  readonly discardSaved: boolean;
}

export const previewSwitch = async (
  ctx: CommandContext,
  id: VmId,
  _engine: EngineId,
): Promise<SwitchPreview> => {
  throw notOffered(ctx, id, 'Switching the engine');
};

export const switchEngine = async (
  ctx: CommandContext,
  id: VmId,
  _wish: SwitchWish,
): Promise<void> => {
  throw notOffered(ctx, id, 'Switching the engine');
};
