// cpu.bios: has the firmware locked virtualization? The kernel says so in its log, which not everybody may read.
import { AppFailure } from '../../../shared/contract/errors.ts';
import { text } from '../../../shared/model/text.ts';
import { readCpuInfo } from './cpu-info.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const words = 'disabled by BIOS|kvm: .*disabled';
const args = ['-k', '-b', '-o', 'cat', '--no-pager', '-g', words];

export const cpuBios: Probe = {
  id: 'cpu.bios',
  category: 'processor',
  title: 'host.check.cpuBios',
  tested: `journalctl -k -b -g '${words}'`,
  affects: 'kvm',
  startsProgram: true,
  // Only where the flag is missing on a real computer is there a question to ask.
  isApplicable: async (host) => {
    const cpu = await readCpuInfo(host);
    return cpu !== undefined && !cpu.virtualization && !cpu.flags.has('hypervisor');
  },
  run: async (host) => {
    const { env, signal } = host;
    try {
      // Exit code 1: nothing in the log matches, or the log is closed to this user.
      const options = { timeoutMs: 5000, okExitCodes: [0, 1], env, signal };
      const { stdout, stderr } = await host.exec('journalctl', args, options);
      const raw = [stdout.trim(), stderr.trim()].filter((part) => part !== '').join('\n');
      if (new RegExp(words).test(stdout)) {
        const remedies = remediesOf(host, 'firmwareVirtualization');
        return answer('blocked', text('host.sentence.cpuBiosLocked'), raw, remedies);
      }
      if (/permission|not seeing messages/i.test(stderr)) {
        return couldNotLook('The kernel’s log', raw);
      }
      return answer('info', text('host.sentence.cpuBiosSilent'), raw || 'no such line');
    } catch (error) {
      const said = error instanceof AppFailure ? error.error.command?.stderrTail : undefined;
      return couldNotLook('The kernel’s log', said || String(error));
    }
  },
};
