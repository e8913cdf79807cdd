// vb.svc: is a VirtualBox service of an older installation still running?
import { text } from '../../../shared/model/text.ts';
import { processesNamed } from '../vboxdrv/processes.ts';
import { foundOwnDriver } from './own-driver.ts';
import { answer, remediesOf, type Probe } from './probe.ts';

const name = 'VBoxSVC';

export const vbService: Probe = {
  id: 'vb.svc',
  category: 'virtualbox',
  title: 'host.check.vbService',
  tested: `pgrep ${name}, /proc/PID/exe`,
  affects: 'none',
  after: 'ownDriver',
  isApplicable: async (host) =>
    foundOwnDriver(host) !== undefined && (await processesNamed(host, name)).length > 0,
  run: async (host) => {
    const found = await processesNamed(host, name);
    const raw = found.map(({ pid, exe }) => `${pid}: ${exe ?? 'of another user'}`).join('\n');
    // The kernel says so of a program whose file was replaced.
    const isStale = found.some(({ exe }) => exe?.endsWith(' (deleted)') === true);
    return isStale
      ? answer('warn', text('host.sentence.vbServiceOld'), raw, remediesOf(host, 'endService'))
      : answer('good', text('host.sentence.vbServiceYes'), raw);
  },
};
