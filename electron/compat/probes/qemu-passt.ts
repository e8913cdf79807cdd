// qemu.passt: a network for guests without root that is faster than QEMU's own; QEMU knows it from 7.2 on.
// Source: https://man.archlinux.org/man/passt.1.en
import { text } from '../../../shared/model/text.ts';
import { answer, findProgram, remediesOf, type Probe } from './probe.ts';

export const qemuPasst: Probe = {
  id: 'qemu.passt',
  category: 'qemu',
  title: 'host.check.passt',
  tested: 'command -v passt',
  affects: 'none',
  run: async (host) => {
    const path = await findProgram(host, 'passt');
    return path === undefined
      ? answer('info', text('host.sentence.passtNo'), 'not found', remediesOf(host, 'installPasst'))
      : answer('good', text('host.sentence.passtYes'), path);
  },
};
