// vb.drv.loaded: is VirtualBox's kernel driver loaded, and may its programs open it?
import { text } from '../../../shared/model/text.ts';
import { isSetUid } from '../vboxdrv/look.ts';
import { moduleRemedies } from '../vboxdrv/standing.ts';
import { foundOwnDriver, isOwnDriverFound } from './own-driver.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

export const vbDriverLoaded: Probe = {
  id: 'vb.drv.loaded',
  category: 'virtualbox',
  title: 'host.check.vbDriverLoaded',
  tested: '/sys/module/vboxdrv, open /dev/vboxdrv for reading',
  affects: 'vboxdrv',
  after: 'ownDriver',
  isApplicable: isOwnDriverFound,
  run: async (host) => {
    const look = await host.lookAtVboxdrv();
    const { device, isLoaded } = look;
    const driver = foundOwnDriver(host);
    const isSetUidBuild = driver !== undefined && isSetUid(host, driver);
    const raw = [
      `/sys/module/vboxdrv: ${isLoaded ? 'there' : 'not there'}`,
      `/dev/vboxdrv: ${device.kind === 'opened' ? 'opened' : device.detail}`,
      `VirtualBox’s programs are ${isSetUidBuild ? '' : 'not '}set-uid root`,
    ].join('\n');
    const build = remediesOf(host, ...moduleRemedies(look));
    switch (device.kind) {
      case 'absent':
        return isLoaded
          ? answer('blocked', text('host.sentence.vbDriverDead'), raw, build)
          : answer('blocked', text('host.sentence.vbDriverNo'), raw, build);
      case 'dead':
        return answer('blocked', text('host.sentence.vbDriverDead'), raw, build);
      case 'failed':
        return couldNotLook('/dev/vboxdrv', raw);
      case 'denied':
        // Set-uid programs open it as root, whatever this user may.
        return isSetUidBuild
          ? answer('good', text('host.sentence.vbDriverYes'), raw)
          : answer('blocked', text('host.sentence.vbDriverDenied'), raw);
      case 'opened':
        return answer('good', text('host.sentence.vbDriverYes'), raw);
    }
  },
};
