// qemu.present: what the drivers found when they looked for their hypervisor (those that can use KVM).
import { text } from '../../../shared/model/text.ts';
import { couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';
import type { DriverInfo } from '../../../shared/model/driver.ts';

/** The driver whose engines include KVM and software: the system emulator. */
export const emulatorDriver = (host: Pick<ProbeHost, 'drivers'>): DriverInfo | undefined =>
  host
    .drivers()
    .find(
      (driver) =>
        driver.engines.some((engine) => engine.accelerator === 'kvm') &&
        driver.engines.every((engine) => engine.accelerator !== 'vboxdrv'),
    );

export const qemuPresent: Probe = {
  id: 'qemu.present',
  category: 'qemu',
  title: 'host.check.qemu',
  tested: 'qemu-system-x86_64 --version',
  affects: 'all',
  after: 'emulator',
  run: async (host) => {
    const driver = emulatorDriver(host);
    if (!driver || driver.probe.kind === 'pending') return couldNotLook('QEMU', 'not asked yet');
    const { probe } = driver;
    switch (probe.kind) {
      case 'found':
        return {
          verdict: 'good',
          sentence: text('host.sentence.qemuYes', { version: probe.version }),
          raw: Object.entries(probe.paths)
            .map(([name, path]) => `${name}: ${path}`)
            .join('\n'),
          remedies: [],
        };
      case 'missing':
        return {
          verdict: 'blocked',
          sentence: text('host.sentence.qemuNo'),
          raw: `looked in:\n${probe.lookedIn.join('\n')}`,
          remedies: remediesOf(host, 'installQemu'),
        };
      case 'broken':
        return {
          verdict: 'blocked',
          sentence: text('host.sentence.qemuBroken'),
          raw: `${probe.command.join(' ')}: exit ${probe.exitCode ?? 'by signal'}\n${probe.stderrTail}`,
          remedies: remediesOf(host, 'installQemu'),
        };
    }
  },
};
