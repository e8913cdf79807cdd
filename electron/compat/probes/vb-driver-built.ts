// vb.drv.built: where the driver is not loaded, is there one for the running kernel?
import { text } from '../../../shared/model/text.ts';
import { moduleRemedies } from '../vboxdrv/standing.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

export const vbDriverBuilt: Probe = {
  id: 'vb.drv.built',
  category: 'virtualbox',
  title: 'host.check.vbDriverBuilt',
  tested: 'grep vboxdrv /lib/modules/$(uname -r)/modules.dep',
  affects: 'vboxdrv',
  after: 'ownDriver',
  isApplicable: async (host) => isOwnDriverFound(host) && !(await host.lookAtVboxdrv()).isLoaded,
  run: async (host) => {
    const look = await host.lookAtVboxdrv();
    const { kernel } = look;
    const folder = `/lib/modules/${kernel}`;
    const raw = [
      `${folder}/modules.dep: ${look.isBuilt === undefined ? 'could not be read' : `vboxdrv ${look.isBuilt ? 'is' : 'is not'} in it`}`,
      `${folder}/build: ${look.hasHeaders ? 'there' : 'not there'}`,
    ].join('\n');
    if (look.isBuilt === undefined) return couldNotLook(`${folder}/modules.dep`, raw);
    if (look.isBuilt) return answer('good', text('host.sentence.vbBuiltYes', { kernel }), raw);
    const key = look.hasHeaders ? 'host.sentence.vbBuiltNo' : 'host.sentence.vbBuiltNoHeaders';
    const remedies = remediesOf(host, ...moduleRemedies(look));
    return answer('blocked', text(key, { kernel }), raw, remedies);
  },
};
