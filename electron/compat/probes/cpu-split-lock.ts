// cpu.splitlock: the kernel slows programs that lock across cache lines; Windows in VirtualBox on KVM does.
// Source: https://github.com/cyberus-technology/virtualbox-kvm/issues/60
import { text } from '../../../shared/model/text.ts';
import { readCpuInfo } from './cpu-info.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const switchPath = '/proc/sys/kernel/split_lock_mitigate';
const cmdlinePath = '/proc/cmdline';

export const cpuSplitLock: Probe = {
  id: 'cpu.splitlock',
  category: 'processor',
  title: 'host.check.cpuSplitLock',
  tested: `${switchPath}, ${cmdlinePath}`,
  affects: 'ownDriverKvm',
  after: 'ownDriver',
  isApplicable: async (host) =>
    isOwnDriverFound(host) && (await readCpuInfo(host))?.flags.has('split_lock_detect') === true,
  run: async (host) => {
    const [mitigate, cmdline] = await Promise.all([
      lookAtFile(host, switchPath),
      lookAtFile(host, cmdlinePath),
    ]);
    const raw = [rawOf(switchPath, mitigate), rawOf(cmdlinePath, cmdline)].join('\n');
    if (mitigate.kind === 'failed') return couldNotLook(switchPath, raw);
    const isOff = cmdline.kind === 'read' && /\bsplit_lock_detect=off\b/.test(cmdline.text);
    // Without the switch the kernel is older than the slowing down.
    const isSlowing = mitigate.kind === 'read' && mitigate.text.trim() !== '0' && !isOff;
    return isSlowing
      ? answer(
          'warn',
          text('host.sentence.splitLockOn'),
          raw,
          remediesOf(host, 'splitLockOnce', 'splitLockAlways'),
        )
      : answer('good', text('host.sentence.splitLockOff'), raw);
  },
};
