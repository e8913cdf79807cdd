// hv.kvmvm: machines on KVM, ours or other people's: VirtualBox's own engine has to wait for them.
import { text } from '../../../shared/model/text.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { answer, remediesOf, type Probe } from './probe.ts';
import { namesOf } from '../vboxdrv/processes.ts';

export const hvKvmMachines: Probe = {
  id: 'hv.kvmvm',
  category: 'virtualbox',
  title: 'host.check.hvKvm',
  tested: '/proc/*/comm, cmdline and fd',
  affects: 'vboxdrv',
  after: 'ownDriver',
  isApplicable: isOwnDriverFound,
  run: async (host) => {
    const { processes } = await host.lookAtVboxdrv();
    const holding = processes.filter(({ holds }) => holds === 'kvm');
    const raw = processes.map((p) => `${p.pid} ${p.program}: ${p.holds}`).join('\n') || 'none';
    return holding.length === 0
      ? answer('good', text('host.sentence.hvKvmNone'), raw)
      : answer(
          'info',
          text('host.sentence.hvKvmSome', { names: namesOf(holding) }),
          raw,
          remediesOf(host, 'stopMachinesOnKvm'),
        );
  },
};
