// qemu.apparmor and qemu.selinux: both confine the machines of libvirt; those Polyvisor starts itself are not.
import { text } from '../../../shared/model/text.ts';
import { hasLibvirt } from './libvirt.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const apparmorPath = '/sys/module/apparmor/parameters/enabled';
const selinuxPath = '/sys/fs/selinux/enforce';

export const qemuApparmor: Probe = {
  id: 'qemu.apparmor',
  category: 'qemu',
  title: 'host.check.apparmor',
  tested: apparmorPath,
  affects: 'none',
  isApplicable: async (host) =>
    (await hasLibvirt(host)) && (await lookAtFile(host, apparmorPath)).kind !== 'absent',
  run: async (host) => {
    const look = await lookAtFile(host, apparmorPath);
    const raw = rawOf(apparmorPath, look);
    if (look.kind !== 'read') return couldNotLook(apparmorPath, raw);
    return look.text.trim() === 'Y'
      ? answer('info', text('host.sentence.apparmorOn'), raw, remediesOf(host, 'libvirtImages'))
      : answer('good', text('host.sentence.apparmorOff'), raw);
  },
};

export const qemuSelinux: Probe = {
  id: 'qemu.selinux',
  category: 'qemu',
  title: 'host.check.selinux',
  tested: selinuxPath,
  affects: 'none',
  isApplicable: async (host) =>
    (await hasLibvirt(host)) && (await lookAtFile(host, selinuxPath)).kind !== 'absent',
  run: async (host) => {
    const look = await lookAtFile(host, selinuxPath);
    const raw = rawOf(selinuxPath, look);
    if (look.kind !== 'read') return couldNotLook(selinuxPath, raw);
    return look.text.trim() === '1'
      ? answer('info', text('host.sentence.selinuxOn'), raw, remediesOf(host, 'restoreLabels'))
      : answer('good', text('host.sentence.selinuxOff'), raw);
  },
};
