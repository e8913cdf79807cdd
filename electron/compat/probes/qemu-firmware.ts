// qemu.firmware: UEFI firmware as the distribution describes it (docs/interop/firmware.json of QEMU).
import { text } from '../../../shared/model/text.ts';
import { lookAtFile, lookAtFolder, lookForPath } from './look.ts';
import { remediesOf, type Probe, type ProbeHost } from './probe.ts';

const folders = (host: ProbeHost): readonly string[] => {
  const home =
    host.env['XDG_CONFIG_HOME'] ?? (host.env['HOME'] ? `${host.env['HOME']}/.config` : undefined);
  return [
    ...(home === undefined ? [] : [`${home}/qemu/firmware`]),
    '/etc/qemu/firmware',
    '/usr/share/qemu/firmware',
  ];
};

interface Descriptor {
  readonly 'interface-types'?: readonly string[];
  readonly mapping?: {
    readonly executable?: { readonly filename?: string };
    readonly filename?: string;
  };
  readonly targets?: readonly { readonly architecture?: string }[];
  readonly features?: readonly string[];
  readonly description?: string;
}

interface Firmware {
  readonly line: string;
  readonly isSecure: boolean;
}

const readDescriptor = async (host: ProbeHost, path: string): Promise<Firmware | undefined> => {
  const look = await lookAtFile(host, path);
  if (look.kind !== 'read') return undefined;
  let parsed: Descriptor;
  try {
    parsed = JSON.parse(look.text) as Descriptor;
  } catch {
    // A descriptor nobody can parse describes no firmware; the folder listing still names it.
    return undefined;
  }
  const file = parsed.mapping?.executable?.filename ?? parsed.mapping?.filename;
  const isOurs =
    parsed['interface-types']?.includes('uefi') === true &&
    parsed.targets?.some((target) => target.architecture === 'x86_64') === true;
  if (!isOurs || file === undefined || (await lookForPath(host, file)) !== true) return undefined;
  const isSecure = parsed.features?.includes('secure-boot') === true;
  return { line: `${path}: ${parsed.description ?? file}`, isSecure };
};

export const qemuFirmware: Probe = {
  id: 'qemu.firmware',
  category: 'qemu',
  title: 'host.check.qemuFirmware',
  tested: '/usr/share/qemu/firmware/*.json',
  affects: 'none',
  run: async (host) => {
    const found: Firmware[] = [];
    const looked: string[] = [];
    for (const folder of folders(host)) {
      const names = await lookAtFolder(host, folder);
      looked.push(
        `${folder}: ${names.kind === 'read' ? names.text.replaceAll('\n', ' ') : names.kind}`,
      );
      if (names.kind !== 'read') continue;
      for (const name of names.text.split('\n').filter((entry) => entry.endsWith('.json'))) {
        const firmware = await readDescriptor(host, `${folder}/${name}`);
        if (firmware) found.push(firmware);
      }
    }
    const raw = [...looked, ...found.map((firmware) => firmware.line)].join('\n');
    if (found.length === 0) {
      const sentence = text('host.sentence.uefiNo');
      return { verdict: 'warn', sentence, raw, remedies: remediesOf(host, 'installUefi') };
    }
    const isSecure = found.some((firmware) => firmware.isSecure);
    const sentence = text(isSecure ? 'host.sentence.uefiSecure' : 'host.sentence.uefiYes');
    return { verdict: 'good', sentence, raw, remedies: [] };
  },
};
