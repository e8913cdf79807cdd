// avl: do this VirtualBox, this kernel and KVM's setting go together? The rows are in table/vboxdrv-on-kernel.ts.
import { text } from '../../../shared/model/text.ts';
import { isSetUid } from '../vboxdrv/look.ts';
import { rowRemedies, vboxdrvStanding } from '../vboxdrv/standing.ts';
import type { VboxdrvRow } from '../table/vboxdrv-on-kernel.ts';
import { foundOwnDriver, isOwnDriverFound } from './own-driver.ts';
import { couldNotLook, remediesOf, type Probe, type ProbeResult } from './probe.ts';

const verdicts: Readonly<Record<VboxdrvRow['verdict'], ProbeResult['verdict']>> = {
  good: 'good',
  exclusive: 'info',
  blocked: 'blocked',
  freezes: 'blocked',
};

export const vboxdrvAndKvm: Probe = {
  id: 'avl',
  category: 'virtualbox',
  title: 'host.check.avl',
  tested: 'uname -r, VBoxManage --version, /sys/module/kvm/parameters/enable_virt_at_load',
  affects: 'vboxdrv',
  after: 'ownDriver',
  isApplicable: isOwnDriverFound,
  run: async (host) => {
    const driver = foundOwnDriver(host);
    if (!driver) return couldNotLook('VirtualBox', 'not asked yet');
    const look = await host.lookAtVboxdrv();
    const { version } = driver.probe;
    const { row } = vboxdrvStanding(look, { version, isSetUid: isSetUid(host, driver) });
    const users = look.processes.filter(({ holds }) => holds === 'kvm');
    const raw = [
      `kernel ${look.kernel}, VirtualBox ${version}`,
      `enable_virt_at_load: ${look.enableVirtAtLoad}`,
      `kvm_intel or kvm_amd: ${look.isKvmVendorModuleLoaded ? 'loaded' : 'not loaded'}`,
      `machines on KVM: ${users.map(({ program, pid }) => `${program} (${pid})`).join(', ') || 'none'}`,
      `row ${row.id}, source ${row.source}`,
    ].join('\n');
    return {
      verdict: verdicts[row.verdict],
      sentence: text(row.sentence),
      raw,
      remedies: remediesOf(host, ...rowRemedies(row)),
      ...(row.verdict === 'freezes' ? { isCritical: true } : {}),
    };
  },
};
