// vb.drv.sign: does Secure Boot let VirtualBox's driver in?
import { text } from '../../../shared/model/text.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { answer, remediesOf, type Probe } from './probe.ts';

export const vbDriverSigned: Probe = {
  id: 'vb.drv.sign',
  category: 'virtualbox',
  title: 'host.check.vbSigned',
  tested: '/sys/firmware/efi/efivars/SecureBoot-*, /sys/kernel/security/lockdown',
  affects: 'vboxdrv',
  after: 'ownDriver',
  isApplicable: async (host) => {
    if (!isOwnDriverFound(host)) return false;
    const { isSecureBootOn, isLockedDown } = await host.lookAtVboxdrv();
    return isSecureBootOn === true || isLockedDown;
  },
  run: async (host) => {
    const { isSecureBootOn, isLockedDown, isLoaded, isBuilt } = await host.lookAtVboxdrv();
    const raw = [
      `Secure Boot: ${isSecureBootOn === undefined ? 'not known' : isSecureBootOn ? 'on' : 'off'}`,
      `kernel lockdown: ${isLockedDown ? 'on' : 'off'}`,
      `vboxdrv: ${isLoaded ? 'loaded' : isBuilt === true ? 'built, not loaded' : 'not built'}`,
    ].join('\n');
    if (isLoaded) return answer('good', text('host.sentence.vbSignedYes'), raw);
    const remedies = remediesOf(host, 'signVboxdrv');
    return isBuilt === true
      ? answer('blocked', text('host.sentence.vbSignedNo'), raw, remedies)
      : answer('info', text('host.sentence.vbSignedLater'), raw, remedies);
  },
};
