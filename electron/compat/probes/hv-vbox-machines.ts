// hv.vboxvm: machines on VirtualBox's own driver: KVM has to wait for them.
import { text } from '../../../shared/model/text.ts';
import { namesOf } from '../vboxdrv/processes.ts';
import { isOwnDriverLoaded } from './own-driver.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, remediesOf, type Probe } from './probe.ts';

const path = '/sys/module/vboxdrv/refcnt';

export const hvVboxMachines: Probe = {
  id: 'hv.vboxvm',
  category: 'virtualbox',
  title: 'host.check.hvVbox',
  tested: `/proc/*/comm and cmdline, ${path}`,
  affects: 'kvm',
  after: 'ownDriver',
  isApplicable: isOwnDriverLoaded,
  run: async (host) => {
    const { processes } = await host.lookAtVboxdrv();
    const holding = processes.filter(({ holds }) => holds === 'vboxdrv');
    const raw = [
      rawOf(path, await lookAtFile(host, path)),
      ...holding.map(({ pid, program }) => `${pid} ${program}`),
    ].join('\n');
    return holding.length === 0
      ? answer('good', text('host.sentence.hvVboxNone'), raw)
      : answer(
          'info',
          text('host.sentence.hvVboxSome', { names: namesOf(holding) }),
          raw,
          remediesOf(host, 'stopMachinesOnVirtualBox'),
        );
  },
};
