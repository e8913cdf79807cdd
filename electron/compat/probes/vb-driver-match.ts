// vb.drv.match: are VirtualBox and its loaded kernel driver of one version?
import { text } from '../../../shared/model/text.ts';
import { isSameBuild } from '../vboxdrv/standing.ts';
import { foundOwnDriver, isOwnDriverLoaded } from './own-driver.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/sys/module/vboxdrv/version';

export const vbDriverMatch: Probe = {
  id: 'vb.drv.match',
  category: 'virtualbox',
  title: 'host.check.vbMatch',
  tested: `${path}, VBoxManage --version`,
  affects: 'vboxdrv',
  after: 'ownDriver',
  isApplicable: isOwnDriverLoaded,
  run: async (host) => {
    const { moduleVersion, hasOwnSetup } = await host.lookAtVboxdrv();
    const program = foundOwnDriver(host)?.probe.version ?? '';
    if (!moduleVersion) return couldNotLook(path, `program ${program}, driver not readable`);
    const { version, revision } = moduleVersion;
    const raw = `program ${program}, driver ${version}${revision === undefined ? '' : ` r${revision}`}`;
    if (isSameBuild(moduleVersion, program)) {
      return answer('good', text('host.sentence.vbMatchYes', { version }), raw);
    }
    const build = hasOwnSetup ? 'vboxconfig' : 'buildVboxdrv';
    const sentence = text('host.sentence.vbMatchNo', { program, driver: version });
    return answer('blocked', sentence, raw, remediesOf(host, 'restartComputer', build));
  },
};
