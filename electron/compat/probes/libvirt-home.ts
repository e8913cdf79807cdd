// lv.home: can the system's libvirt, a user of its own, reach files in this home folder?
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from '../../../shared/model/text.ts';
import { hasLibvirt } from './libvirt.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

export const libvirtHome: Probe = {
  id: 'lv.home',
  category: 'qemu',
  title: 'host.check.libvirtHome',
  tested: 'stat -c %a "$HOME"',
  affects: 'none',
  isApplicable: async (host) => host.env['HOME'] !== undefined && (await hasLibvirt(host)),
  run: async (host) => {
    const home = host.env['HOME'] ?? '/';
    try {
      const { mode } = await stat(join(host.root, home));
      const raw = `${home}: mode ${(mode & 0o7777).toString(8)}`;
      return (mode & 0o001) !== 0
        ? answer('good', text('host.sentence.libvirtHomeYes'), raw)
        : answer('info', text('host.sentence.libvirtHomeNo'), raw, remediesOf(host, 'openHome'));
    } catch (error) {
      return couldNotLook(home, error instanceof Error ? error.message : String(error));
    }
  },
};
