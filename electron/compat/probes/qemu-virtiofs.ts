// qemu.vfs: virtiofsd shares folders with guests quickly.
import { text } from '../../../shared/model/text.ts';
import { isThere } from './look.ts';
import { answer, findProgram, remediesOf, type Probe } from './probe.ts';

const paths = ['/usr/libexec/virtiofsd', '/usr/lib/virtiofsd', '/usr/lib/qemu/virtiofsd'];

export const qemuVirtiofs: Probe = {
  id: 'qemu.vfs',
  category: 'qemu',
  title: 'host.check.virtiofs',
  tested: paths.join(', '),
  affects: 'none',
  run: async (host) => {
    const there = await Promise.all(paths.map((path) => isThere(host, path)));
    const found = paths.find((_, index) => there[index]) ?? (await findProgram(host, 'virtiofsd'));
    return found === undefined
      ? answer(
          'info',
          text('host.sentence.virtiofsNo'),
          `none of ${paths.join(', ')}`,
          remediesOf(host, 'installVirtiofsd'),
        )
      : answer('good', text('host.sentence.virtiofsYes'), found);
  },
};
