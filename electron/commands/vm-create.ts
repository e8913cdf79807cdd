// Creating VMs: check everything first, make the disk in a job with undo, then write the definition.
import { randomBytes, randomUUID } from 'node:crypto';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { totalmem } from 'node:os';
import type { NewVm } from '../../shared/contract/contract.ts';
import { failure, isFailure } from '../../shared/contract/errors.ts';
import { toEpochMs, toMiB, toVmId, type JobId, type VmId } from '../../shared/model/brand.ts';
import { familyById, type GuestFamily } from '../../shared/model/guest-family.ts';
import { text } from '../../shared/model/text.ts';
import type { Disk, VmConfig } from '../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { JobContext } from '../jobs/jobs.ts';
import { persistFailure } from '../persist/json-file.ts';
import { goodName, hypervisorFor, type CommandContext } from './context.ts';
import { addDefinition } from './definitions.ts';
import { extensionOf, newDiskFormat, newHardware, type NewHardware } from './new-hardware.ts';
import { power } from './vm-power.ts';

/** QEMU's own prefix for guests' addresses, locally known as such: 52:54:00. */
export const randomMac = (): string =>
  ['52', '54', '00', ...[...randomBytes(3)].map((b) => b.toString(16).padStart(2, '0'))].join(':');

interface Plan {
  readonly name: string;
  readonly family: GuestFamily;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly firmware: 'bios' | 'uefi';
  readonly hardware: NewHardware;
  readonly disks: readonly Disk[];
  readonly cdPath: string | undefined;
  readonly floppyPath: string | undefined;
}

const baseConfig = (plan: Plan): VmConfig => {
  const { family, hardware } = plan;
  return {
    vcpus: plan.vcpus,
    memory: toMiB(plan.memoryMiB),
    firmware: { kind: plan.firmware },
    chipset: plan.firmware === 'uefi' ? 'q35' : family.chipset,
    // Both are filled in by the driver, which knows the installed program.
    machineType: 'default',
    cpuModel: 'default',
    disks: plan.disks,
    cdDrives: [{ id: 'cd0', ...(plan.cdPath === undefined ? {} : { path: plan.cdPath }) }],
    ...(plan.floppyPath === undefined ? {} : { floppy: { path: plan.floppyPath } }),
    bootOrder:
      plan.floppyPath === undefined
        ? plan.cdPath !== undefined && plan.disks.every((disk) => disk.isOwned)
          ? ['cd', 'disk']
          : ['disk', 'cd']
        : ['floppy', 'disk', 'cd'],
    display: hardware.display,
    nics: [
      {
        id: 'nic0',
        model: hardware.nic,
        mac: randomMac(),
        isCableConnected: true,
        attachment: { kind: 'nat', ipv6: true, forwards: [] },
      },
    ],
    hasSerialPort: hardware.hasSerialPort,
    rtcBase: family.rtcBase,
    hasUsbTablet: family.hasUsbTablet,
    hasGuestAgent: family.id === 'linux',
  };
};

const checkNumbers = (request: NewVm, maxVcpus: number): void => {
  if (request.vcpus < 1 || request.vcpus > maxVcpus || !Number.isInteger(request.vcpus)) {
    throw failure('vm/vcpus-out-of-range', { vcpus: request.vcpus, max: maxVcpus });
  }
  const hostMiB = Math.floor(totalmem() / 1024 / 1024);
  if (request.memoryMiB < 1 || request.memoryMiB > hostMiB) {
    throw failure('vm/memory-out-of-range', { memoryMiB: request.memoryMiB, hostMiB });
  }
};

const unreadableFormat = (path: string, format: string, hypervisor: string): Error =>
  failure('medium/unreadable', { path, reason: `${hypervisor} does not open ${format} images.` });

/** The VM's own folder, gone again if the job fails. */
const makeFolder = async (path: string, job: JobContext): Promise<void> => {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw persistFailure(path, error);
  }
  job.defer(() => rm(path, { recursive: true, force: true }));
};

const freshDefinition = (
  ctx: CommandContext,
  base: Pick<VmDefinition, 'id' | 'name' | 'driver' | 'family' | 'config'>,
): VmDefinition => ({ version: 1, ...base, createdAt: toEpochMs(ctx.now()) });

/** Rejects before anything is made: names, numbers, media. Resolves when the job is accepted. */
export const createVm = async (
  ctx: CommandContext,
  request: NewVm,
): Promise<{ id: VmId; job: JobId }> => {
  const name = goodName(ctx, request.name);
  const { driver, session, capabilities } = await hypervisorFor(ctx, request.driver);
  checkNumbers(request, capabilities.maxVcpus);
  const family = familyById(request.family);
  const id = toVmId(randomUUID());
  const folder = ctx.repository.folder(id);
  const hardware = newHardware(family, request.firmware, capabilities);
  const newFormat = newDiskFormat(capabilities);
  const newPath = join(folder, `disk0.${extensionOf[newFormat]}`);
  const disks: Disk[] = [];
  if (request.disk.kind !== 'none' && !session.media) {
    throw failure('vm/feature-unavailable', { feature: 'A disk', reason: driver.title });
  }
  if (request.disk.kind === 'use') {
    const { path, format } = request.disk;
    await session.media?.inspect(path, format);
    if (!capabilities.diskFormats.includes(format))
      throw unreadableFormat(path, format, driver.title);
    disks.push({ id: 'disk0', path, format, bus: hardware.bus, isOwned: false });
  } else if (request.disk.kind === 'create') {
    disks.push({ id: 'disk0', path: newPath, format: newFormat, bus: hardware.bus, isOwned: true });
  }
  for (const path of [request.cdPath, request.floppyPath]) {
    if (path !== undefined) await session.media?.inspect(path);
  }
  const config = session.complete(
    baseConfig({
      name,
      family,
      vcpus: request.vcpus,
      memoryMiB: request.memoryMiB,
      firmware: request.firmware,
      hardware,
      disks,
      cdPath: request.cdPath,
      floppyPath: request.floppyPath,
    }),
  );
  const base = { id, name, driver: driver.id, family: family.id, config };
  const definition: VmDefinition = {
    ...freshDefinition(ctx, base),
    ...(request.pin === undefined ? {} : { pin: request.pin }),
  };
  const job = ctx.jobs.start({
    kind: 'create',
    title: text('job.create', { name }),
    vm: id,
    vmName: name,
    isCancellable: true,
    run: async (jobCtx) => {
      await makeFolder(folder, jobCtx);
      if (request.disk.kind === 'create') {
        jobCtx.progress(null, text('job.step.disk'));
        await session.media?.create(newPath, request.disk.capacity, jobCtx);
      }
      await session.validate(config);
      // Two creations at once may have chosen one name: the second is refused here.
      goodName(ctx, name);
      await addDefinition(ctx, session, definition, jobCtx);
    },
  });
  if (request.startNow) void startAfter(ctx, job, id);
  return { id, job };
};

const startAfter = async (ctx: CommandContext, job: JobId, id: VmId): Promise<void> => {
  const ended = await ctx.jobs.ended(job);
  if (ended.phase !== 'done') return;
  try {
    power(ctx, id, 'start');
  } catch (error) {
    if (!isFailure(error)) throw error;
    // The VM exists; why it did not start is shown on it.
    ctx.store.dispatch({ kind: 'problem', vm: id, error: error.error });
  }
};

/** The demo VM: our probe guest on a small disk of its own, so that trying it costs nothing. */
export const createDemo = async (ctx: CommandContext): Promise<{ id: VmId; job: JobId }> => {
  const { driver, session, capabilities } = await hypervisorFor(ctx, undefined, (each) =>
    each.capabilities.diskFormats.includes('raw'),
  );
  const names = new Set(Object.values(ctx.store.getState().vms).map((vm) => vm.definition.name));
  let name = 'Demo';
  for (let n = 2; names.has(name); n += 1) name = `Demo ${n}`;
  const family = familyById('demo');
  const id = toVmId(randomUUID());
  const folder = ctx.repository.folder(id);
  const path = join(folder, 'probe.img');
  const config = session.complete(
    baseConfig({
      name,
      family,
      vcpus: family.vcpus,
      memoryMiB: family.memoryMiB,
      firmware: 'bios',
      hardware: newHardware(family, 'bios', capabilities),
      disks: [{ id: 'disk0', path, format: 'raw', bus: 'ide', isOwned: true }],
      cdPath: undefined,
      floppyPath: undefined,
    }),
  );
  const base = { id, name, driver: driver.id, family: family.id, config };
  const definition = freshDefinition(ctx, base);
  const job = ctx.jobs.start({
    kind: 'create',
    title: text('job.create', { name }),
    vm: id,
    vmName: name,
    run: async (jobCtx) => {
      await makeFolder(folder, jobCtx);
      const source = join(ctx.paths.resources, 'guests', 'probe.img');
      try {
        await copyFile(source, path);
      } catch (error) {
        throw persistFailure(path, error);
      }
      await addDefinition(ctx, session, definition, jobCtx);
    },
  });
  void startAfter(ctx, job, id);
  return { id, job };
};
