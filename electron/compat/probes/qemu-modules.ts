// qemu.mods: parts of QEMU that distributions package on their own. Polyvisor needs none of them for itself.
import { text } from '../../../shared/model/text.ts';
import { lookAtFolder } from './look.ts';
import { answer, remediesOf, type Probe, type ProbeHost } from './probe.ts';
import { emulatorDriver } from './qemu-present.ts';

const folders = ['/usr/lib/x86_64-linux-gnu/qemu', '/usr/lib64/qemu', '/usr/lib/qemu'];
/** What people miss most: remote disks, host sound, SPICE, 3D. File name without `.so`. */
const wanted = [
  'block-curl',
  'block-ssh',
  'audio-pa',
  'audio-pipewire',
  'ui-spice-core',
  'hw-display-virtio-gpu-gl',
];

const modulesOf = async (host: ProbeHost): Promise<readonly string[] | undefined> => {
  for (const folder of folders) {
    const look = await lookAtFolder(host, folder);
    if (look.kind !== 'read') continue;
    const names = look.text.split('\n').filter((name) => name.endsWith('.so'));
    if (names.length > 0) return names.map((name) => name.replace(/\.so$/, ''));
  }
  return undefined;
};

export const qemuModules: Probe = {
  id: 'qemu.mods',
  category: 'qemu',
  title: 'host.check.qemuModules',
  tested: folders.map((folder) => `${folder}/*.so`).join(', '),
  affects: 'none',
  after: 'emulator',
  isApplicable: (host) => emulatorDriver(host)?.probe.kind === 'found',
  run: async (host) => {
    const modules = await modulesOf(host);
    if (!modules) {
      // Some distributions build it in one piece.
      return answer('good', text('host.sentence.qemuModulesNone'), 'no folder of modules');
    }
    const missing = wanted.filter((name) => !modules.includes(name));
    const raw = modules.join('\n');
    return missing.length === 0
      ? answer('good', text('host.sentence.qemuModulesYes'), raw)
      : answer(
          'info',
          text('host.sentence.qemuModulesSome', { names: missing.join(', ') }),
          raw,
          remediesOf(host, 'installQemuParts'),
        );
  },
};
