// vb.kvm: was the installed VirtualBox built with KVM?
import { text } from '../../../shared/model/text.ts';
import { foundOwnDriver } from './own-driver.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

export const vbKvm: Probe = {
  id: 'vb.kvm',
  category: 'virtualbox',
  title: 'host.check.vbKvm',
  tested: 'IHost.isExecutionEngineSupported(NativeApi), /dev/kvm in VBoxVMM.so',
  affects: 'ownDriverKvm',
  after: 'ownDriver',
  isApplicable: (host) => foundOwnDriver(host)?.capabilities !== undefined,
  run: async (host) => {
    const driver = foundOwnDriver(host);
    const engine = driver?.engines.find(({ accelerator }) => accelerator === 'kvm');
    if (!driver?.capabilities || !engine) return couldNotLook('VirtualBox', 'not asked yet');
    const absent = driver.capabilities.absentEngines.map((row) => row.engine);
    const raw = `engines this build does not contain: ${absent.join(', ') || 'none'}`;
    return absent.includes(engine.id)
      ? answer('info', text('host.sentence.vbKvmNo'), raw, remediesOf(host, 'kvmBuildOfVirtualBox'))
      : answer('good', text('host.sentence.vbKvmYes'), raw);
  },
};
