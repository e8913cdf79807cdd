// vb.hard: set-uid programs of VirtualBox insist on the kernel driver, unless the build contains KVM.
// Source: https://github.com/cyberus-technology/virtualbox-kvm/issues/23
import { text } from '../../../shared/model/text.ts';
import { isSetUid } from '../vboxdrv/look.ts';
import { foundOwnDriver, isOwnDriverFound } from './own-driver.ts';
import { answer, couldNotLook, type Probe } from './probe.ts';

export const vbHardening: Probe = {
  id: 'vb.hard',
  category: 'virtualbox',
  title: 'host.check.vbHardening',
  tested: 'mode of VirtualBoxVM and VBoxHeadless',
  affects: 'none',
  after: 'ownDriver',
  isApplicable: isOwnDriverFound,
  run: async (host) => {
    const driver = foundOwnDriver(host);
    const path = driver?.probe.paths['machine'] ?? driver?.probe.paths['headless'];
    if (!driver || path === undefined) {
      return couldNotLook('VirtualBox’s programs', 'neither VirtualBoxVM nor VBoxHeadless found');
    }
    const isHardened = isSetUid(host, driver);
    const raw = `${path}: ${isHardened ? 'set-uid root' : 'not set-uid'}`;
    const key = isHardened ? 'host.sentence.vbHardened' : 'host.sentence.vbNotHardened';
    return answer('info', text(key), raw);
  },
};
