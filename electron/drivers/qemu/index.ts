// The QEMU driver: front door of this folder.
import { failure, type AppFailure } from '../../../shared/contract/errors.ts';
import { toDriverId, toEngineId } from '../../../shared/model/brand.ts';
import type { EngineInfo, ProbeOutcome } from '../../../shared/model/driver.ts';
import type { DriverContext, FoundProbe, HypervisorDriver } from '../types.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { QemuFeatures } from './features.ts';
import { featuresOf, imageBinary, oldestQemu, probeQemu, systemBinary } from './probe.ts';
import { defaultQmpTimes, type QmpTimes } from './qmp.ts';
import { createSession } from './session.ts';

const engines: readonly EngineInfo[] = [
  {
    id: toEngineId('kvm'),
    speed: 'native',
    title: 'QEMU on KVM',
    shortTitle: 'QEMU·KVM',
    mark: 'ring',
    accelerator: 'kvm',
    isAutomatic: true,
  },
  {
    id: toEngineId('tcg'),
    speed: 'software',
    title: 'QEMU, software emulation',
    shortTitle: 'QEMU·TCG',
    mark: 'ring',
    isAutomatic: true,
  },
];

const unusable = (probe: ProbeOutcome): AppFailure => {
  if (probe.kind !== 'broken') {
    return failure('qemu/missing', { binary: `${systemBinary} or ${imageBinary}` });
  }
  const version = /^qemu\/too-old: version (\S+)/.exec(probe.stderrTail)?.[1];
  if (version !== undefined) return failure('qemu/too-old', { version, oldest: oldestQemu });
  const [binary = systemBinary] = probe.command;
  const exit = probe.exitCode === null ? 'no exit code' : `exit code ${probe.exitCode}`;
  const stderr = probe.stderrTail;
  return failure(
    'process/failed',
    { command: binary, exit, stderr },
    { command: { argv: probe.command, exit, stderrTail: stderr } },
  );
};

const featuresFor = async (probe: FoundProbe, ctx: DriverContext): Promise<QemuFeatures> => {
  const system = probe.paths['system'] ?? systemBinary;
  if (!featuresOf(system)) await probeQemu(ctx);
  const features = featuresOf(system);
  if (!features) throw failure('qemu/missing', { binary: system });
  return features;
};

/** `times`: limits of the monitor, shorter in tests of hanging ones. */
export const createQemuDriver = (times: QmpTimes = defaultQmpTimes): HypervisorDriver => {
  const id = toDriverId('qemu');
  return {
    id,
    title: 'QEMU',
    engines,
    unusable,
    probe: probeQemu,
    capabilities: async (probe, ctx) =>
      capabilitiesOf(await featuresFor(probe, ctx), ctx.env, engines, probe.paths),
    connect: async (probe, _capabilities, ctx, onEvent) =>
      createSession({
        driver: id,
        ctx,
        systemPath: probe.paths['system'] ?? systemBinary,
        passtPath: probe.paths['passt'],
        imagePath: probe.paths['image'] ?? imageBinary,
        qemuVersion: probe.version,
        features: await featuresFor(probe, ctx),
        times,
        onEvent,
      }),
  };
};

export const qemuDriver: HypervisorDriver = createQemuDriver();
