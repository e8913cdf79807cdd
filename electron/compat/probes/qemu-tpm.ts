// qemu.tpm: swtpm gives QEMU's guests a TPM; Windows 11 asks for one.
import { text } from '../../../shared/model/text.ts';
import { answer, findProgram, remediesOf, type Probe } from './probe.ts';

export const qemuTpm: Probe = {
  id: 'qemu.tpm',
  category: 'qemu',
  title: 'host.check.qemuTpm',
  tested: 'command -v swtpm swtpm_setup',
  affects: 'none',
  run: async (host) => {
    const paths = await Promise.all([findProgram(host, 'swtpm'), findProgram(host, 'swtpm_setup')]);
    const raw = ['swtpm', 'swtpm_setup'].map((name, i) => `${name}: ${paths[i] ?? 'not found'}`);
    return paths.every((path) => path !== undefined)
      ? answer('good', text('host.sentence.tpmYes'), raw.join('\n'))
      : answer(
          'info',
          text('host.sentence.tpmNo'),
          raw.join('\n'),
          remediesOf(host, 'installSwtpm'),
        );
  },
};
