// cpu.la57: VirtualBox's own engine was seen to hang on processors with 5-level paging.
// Source: https://github.com/VirtualBox/virtualbox/issues/659
import { text } from '../../../shared/model/text.ts';
import { readCpuInfo } from './cpu-info.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/proc/cmdline';

export const cpuLa57: Probe = {
  id: 'cpu.la57',
  category: 'processor',
  title: 'host.check.cpuLa57',
  tested: `flag la57, ${path}`,
  affects: 'vboxdrv',
  after: 'ownDriver',
  isApplicable: async (host) =>
    isOwnDriverFound(host) && (await readCpuInfo(host))?.flags.has('la57') === true,
  run: async (host) => {
    const look = await lookAtFile(host, path);
    const raw = rawOf(path, look);
    if (look.kind !== 'read') return couldNotLook(path, raw);
    return /\bno5lvl\b/.test(look.text)
      ? answer('good', text('host.sentence.la57Off'), raw)
      : answer('warn', text('host.sentence.la57On'), raw, remediesOf(host, 'no5lvl'));
  },
};
