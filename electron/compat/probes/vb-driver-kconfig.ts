// vb.drv.kconfig: custom kernels may lack what VirtualBox's driver is built on.
// Sources: https://github.com/VirtualBox/virtualbox/issues/9; https://gpo.zugaina.org/AJAX/Ebuild/56479690
import { promisify } from 'node:util';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzip } from 'node:zlib';
import { text } from '../../../shared/model/text.ts';
import { compareVersions, parseVersion } from '../table/vboxdrv-on-kernel.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { lookAtFile } from './look.ts';
import { answer, couldNotLook, type Probe, type ProbeHost } from './probe.ts';

/** Option, and the first kernel from which VirtualBox needs it. */
const needed = [
  ['CONFIG_KVM', [6, 15]],
  ['CONFIG_KPROBES', [6, 16]],
] as const;

const readConfig = async (host: ProbeHost, kernel: string): Promise<string | undefined> => {
  const look = await lookAtFile(host, `/boot/config-${kernel}`);
  if (look.kind === 'read') return look.text;
  try {
    const packed = await readFile(join(host.root, 'proc/config.gz'));
    return (await promisify(gunzip)(packed)).toString('utf8');
  } catch {
    // Neither place has it: a fact of its own.
    return undefined;
  }
};

export const vbDriverKconfig: Probe = {
  id: 'vb.drv.kconfig',
  category: 'virtualbox',
  title: 'host.check.vbKconfig',
  tested: '/boot/config-$(uname -r), /proc/config.gz',
  affects: 'vboxdrv',
  after: 'ownDriver',
  // A loaded or built driver has answered the question.
  isApplicable: async (host) => {
    if (!isOwnDriverFound(host)) return false;
    const { isLoaded, isBuilt, kernel } = await host.lookAtVboxdrv();
    return !isLoaded && isBuilt !== true && compareVersions(parseVersion(kernel), [6, 15]) >= 0;
  },
  run: async (host) => {
    const { kernel } = await host.lookAtVboxdrv();
    const config = await readConfig(host, kernel);
    if (config === undefined) return couldNotLook('The kernel’s configuration', 'not found');
    const asked = needed.filter(([, since]) => compareVersions(parseVersion(kernel), since) >= 0);
    const rows = asked.map(([option]) => ({
      option,
      line: new RegExp(`^${option}=[ym]$`, 'm').exec(config)?.[0],
    }));
    const raw = rows.map(({ option, line }) => line ?? `${option} is not set`).join('\n');
    const lacking = rows.filter(({ line }) => line === undefined).map(({ option }) => option);
    return lacking.length === 0
      ? answer('good', text('host.sentence.vbKconfigYes'), raw)
      : answer('blocked', text('host.sentence.vbKconfigNo', { options: lacking.join(', ') }), raw);
  },
};
