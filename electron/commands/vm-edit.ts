// Changing a VM: name, notes, pin, policy at once; hardware at once when off, else at the next start; what the
// hypervisor can change live goes through the live facet and is written down after it worked.
import type { z } from 'zod';
import type { editVmSchema } from '../../shared/contract/contract.ts';
import { failure } from '../../shared/contract/errors.ts';
import type { Bytes, JobId, VmId } from '../../shared/model/brand.ts';
import { isSameListener } from '../../shared/model/config-twins.ts';
import type { Nic, PortForward } from '../../shared/model/network.ts';
import { isLive } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { VmConfig } from '../../shared/model/vm-config.ts';
import type { Vm, VmDefinition } from '../../shared/model/vm.ts';
import type { LiveChangeFacet } from '../drivers/types.ts';
import { goodName, requireAction, vmById, type CommandContext } from './context.ts';
import { changeDefinition, dropDefinition } from './definitions.ts';

type Edit = z.output<typeof editVmSchema>;

const withOptional = (definition: VmDefinition, edit: Edit): VmDefinition => {
  const next: Record<string, unknown> = { ...definition };
  for (const key of ['pin', 'quitPolicy'] as const) {
    if (edit[key] === null) delete next[key];
    else if (edit[key] !== undefined) next[key] = edit[key];
  }
  if (edit.notes !== undefined) next['notes'] = edit.notes;
  if (edit.family !== undefined) next['family'] = edit.family;
  return next as unknown as VmDefinition;
};

/**
 * Whether everything that differs was brought to the running machine: only ports of networks can be. Where a port does
 * not go, the definition is as it was again.
 */
const isAppliedLive = async (
  ctx: CommandContext,
  before: VmDefinition,
  after: VmDefinition,
): Promise<boolean> => {
  const isElseSame =
    JSON.stringify({ ...before.config, nics: [] }) ===
    JSON.stringify({ ...after.config, nics: [] });
  try {
    const { id, config } = after;
    const applied = await ctx.networks.applyAll(id, before.config.nics, config.nics);
    return applied === 'now' && isElseSame;
  } catch (error) {
    await changeDefinition(ctx, before);
    throw error;
  }
};

export const editVm = async (
  ctx: CommandContext,
  edit: Edit,
): Promise<{ appliesAt: 'now' | 'nextStart' }> => {
  const vm = vmById(ctx, edit.id);
  let definition = withOptional(vm.definition, edit);
  if (edit.name !== undefined) {
    definition = { ...definition, name: goodName(ctx, edit.name, edit.id) };
  }
  const hasNewConfig =
    edit.config !== undefined &&
    JSON.stringify(edit.config) !== JSON.stringify(vm.definition.config);
  if (edit.config !== undefined && hasNewConfig) {
    if (vm.power === 'saved') {
      throw failure('vm/not-changeable-live', {
        name: vm.definition.name,
        setting: 'Hardware of a saved machine',
      });
    }
    const { session } = await ctx.supervisor.connected(vm.definition.driver);
    ctx.networks.check(edit.id, vm.definition.config.nics, edit.config.nics);
    const config = session.complete(edit.config);
    await session.validate(config);
    definition = { ...definition, config };
  }
  await changeDefinition(ctx, definition);
  // An inventory takes a change at once or refuses it.
  const isOurs = !ctx.supervisor.current(definition.driver)?.session.inventory;
  const isLater =
    hasNewConfig &&
    isLive(vmById(ctx, edit.id).power) &&
    !(await isAppliedLive(ctx, vm.definition, definition)) &&
    isOurs;
  const appliesAt = isLater ? 'nextStart' : 'now';
  if (appliesAt === 'nextStart') {
    ctx.store.dispatch({ kind: 'pendingChanges', vm: edit.id, hasPendingChanges: true });
  }
  return { appliesAt };
};

/** The live facet while the VM runs, else `undefined`: then only the definition changes. */
const liveOf = async (ctx: CommandContext, vm: Vm): Promise<LiveChangeFacet | undefined> => {
  if (!isLive(vm.power)) return undefined;
  const { session } = await ctx.supervisor.connected(vm.definition.driver);
  if (!session.live) {
    throw failure('vm/not-changeable-live', { name: vm.definition.name, setting: 'This' });
  }
  return session.live;
};

/** Writes down what changed; an inventory has written a live change down by itself. */
const changeConfig = async (
  ctx: CommandContext,
  id: VmId,
  live: LiveChangeFacet | undefined,
  change: (config: VmConfig) => VmConfig,
): Promise<void> => {
  const { definition } = vmById(ctx, id);
  if (live && ctx.supervisor.current(definition.driver)?.session.inventory) return;
  await changeDefinition(ctx, { ...definition, config: change(definition.config) });
};

const changeNic = (config: VmConfig, nicId: string, change: (nic: Nic) => Nic): VmConfig => ({
  ...config,
  nics: config.nics.map((nic) => (nic.id === nicId ? change(nic) : nic)),
});

const natOf = (vm: Vm, nicId: string): Extract<Nic['attachment'], { kind: 'nat' }> => {
  const nic = vm.definition.config.nics.find((candidate) => candidate.id === nicId);
  if (nic?.attachment.kind !== 'nat') {
    throw failure('network/bad-forward', { reason: 'Only a NAT adapter has port forwards.' });
  }
  return nic.attachment;
};

const withForwards = (nic: Nic, forwards: readonly PortForward[]): Nic =>
  nic.attachment.kind === 'nat' ? { ...nic, attachment: { ...nic.attachment, forwards } } : nic;

export const addForward = async (
  ctx: CommandContext,
  id: VmId,
  nicId: string,
  forward: PortForward,
): Promise<void> => {
  const vm = vmById(ctx, id);
  const { forwards } = natOf(vm, nicId);
  for (const other of Object.values(ctx.store.getState().vms)) {
    const isSelf = other.definition.id === id;
    const taken = other.definition.config.nics
      .flatMap((nic) => (nic.attachment.kind === 'nat' ? nic.attachment.forwards : []))
      .some((candidate) => isSameListener(candidate, forward));
    if (taken && isSelf) throw failure('network/forward-exists', { port: forward.hostPort });
    if (taken && isLive(other.power)) {
      throw failure('network/port-taken', {
        protocol: forward.protocol.toUpperCase(),
        port: forward.hostPort,
        by: other.definition.name,
      });
    }
  }
  const live = await liveOf(ctx, vm);
  await live?.addForward(id, nicId, forward);
  try {
    await changeConfig(ctx, id, live, (config) =>
      changeNic(config, nicId, (nic) => withForwards(nic, [...forwards, forward])),
    );
  } catch (error) {
    await live?.removeForward(id, nicId, forward);
    throw error;
  }
};

export const removeForward = async (
  ctx: CommandContext,
  id: VmId,
  nicId: string,
  forwardId: string,
): Promise<void> => {
  const vm = vmById(ctx, id);
  const { forwards } = natOf(vm, nicId);
  const forward = forwards.find((candidate) => candidate.id === forwardId);
  if (!forward) return;
  const live = await liveOf(ctx, vm);
  await live?.removeForward(id, nicId, forward);
  await changeConfig(ctx, id, live, (config) =>
    changeNic(config, nicId, (nic) =>
      withForwards(
        nic,
        forwards.filter((candidate) => candidate.id !== forwardId),
      ),
    ),
  );
};

export const setCable = async (
  ctx: CommandContext,
  id: VmId,
  nicId: string,
  isCableConnected: boolean,
): Promise<void> => {
  const live = await liveOf(ctx, vmById(ctx, id));
  await live?.setCable(id, nicId, isCableConnected);
  const before = vmById(ctx, id).definition.config.nics.find((nic) => nic.id === nicId);
  await changeConfig(ctx, id, live, (config) =>
    changeNic(config, nicId, (nic) => ({ ...nic, isCableConnected })),
  );
  if (before) await ctx.networks.apply(id, before, { ...before, isCableConnected });
};

const emptied = <T extends { readonly path?: string | undefined }>(
  drive: T,
  path: string | undefined,
): T => {
  const next: Record<string, unknown> = { ...drive };
  if (path === undefined) delete next['path'];
  else next['path'] = path;
  return next as T;
};

export const changeMedium = async (
  ctx: CommandContext,
  id: VmId,
  drive: string,
  path: string | undefined,
): Promise<void> => {
  const vm = vmById(ctx, id);
  const { session } = await ctx.supervisor.connected(vm.definition.driver);
  if (path !== undefined) await session.media?.inspect(path);
  const live = await liveOf(ctx, vm);
  await live?.changeMedium(id, drive, path);
  await changeConfig(ctx, id, live, (config) => ({
    ...config,
    cdDrives: config.cdDrives.map((cd) => (cd.id === drive ? emptied(cd, path) : cd)),
    ...(drive === 'floppy' && config.floppy ? { floppy: emptied(config.floppy, path) } : {}),
  }));
};

export const growDisk = (ctx: CommandContext, id: VmId, diskId: string, size: Bytes): JobId => {
  const vm = vmById(ctx, id);
  const { name, config } = vm.definition;
  if (isLive(vm.power) || vm.power === 'saved') {
    throw failure('vm/not-changeable-live', { name, setting: 'The size of a disk' });
  }
  const disk = config.disks.find((candidate) => candidate.id === diskId);
  if (!disk) throw failure('medium/missing', { path: diskId });
  return ctx.jobs.start({
    kind: 'growDisk',
    title: text('job.growDisk', { name }),
    vm: id,
    vmName: name,
    run: async (job) => {
      const { session } = await ctx.supervisor.connected(vm.definition.driver);
      await session.media?.grow(disk.path, size, job, disk.format);
    },
  });
};

export const removeVm = (ctx: CommandContext, id: VmId, withDisks: boolean): JobId => {
  const vm = vmById(ctx, id);
  requireAction(vm, 'delete');
  const { name } = vm.definition;
  return ctx.jobs.start({
    kind: 'delete',
    title: text('job.delete', { name }),
    vm: id,
    vmName: name,
    action: 'delete',
    run: async () => {
      const { session } = await ctx.supervisor.connected(vm.definition.driver);
      await session.remove(vm.definition, withDisks);
      await dropDefinition(ctx, id);
    },
  });
};
