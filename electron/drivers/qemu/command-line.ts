// The argv of a VM: a pure function of its definition and of what was found. Everything by explicit option:
// nothing of QEMU's defaults, no fallback from one accelerator to another.
import type { EngineId } from '../../../shared/model/brand.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import { deviceArgs } from './command-line-devices.ts';
import type { VmFiles } from './files.ts';
import type { UefiFirmware } from './firmware.ts';
import { option, type NicPlugs } from './netdev.ts';
import { sandboxArgs } from './probe.ts';

export interface CommandLineInput {
  readonly definition: VmDefinition;
  readonly engine: EngineId;
  readonly files: VmFiles;
  readonly pidFile: string;
  readonly hasSandbox: boolean;
  /** Present when the VM's firmware is UEFI. */
  readonly uefi?: UefiFirmware | undefined;
  /** Instead of the configuration's processor: a quirk of this host. */
  readonly cpu?: string | undefined;
  /** The floppy's image may not be written. */
  readonly isFloppyReadOnly?: boolean;
  /** What the NICs are plugged into, by their ids. */
  readonly plugs?: NicPlugs | undefined;
  /** True: the guest's state comes in later, over the monitor. */
  readonly isRestore?: boolean;
}

const accelerators: Readonly<Record<string, string>> = { kvm: 'kvm', tcg: 'tcg,thread=multi' };
/** What `default` stands for. Saved state stays on this host, so `host` under KVM is as good as a named model. */
const defaultCpus: Readonly<Record<string, string>> = { kvm: 'host', tcg: 'max' };

const cpuOf = ({ definition, engine, cpu }: CommandLineInput): string => {
  if (cpu !== undefined) return cpu;
  const { cpuModel } = definition.config;
  return cpuModel === 'default' ? (defaultCpus[engine] ?? 'max') : cpuModel;
};

const machineOf = ({ definition, uefi }: CommandLineInput): string => {
  const parts = [definition.config.machineType];
  if (uefi) parts.push('pflash0=uefi-code', 'pflash1=uefi-vars');
  if (uefi?.needsSmm) parts.push('smm=on');
  return parts.join(',');
};

const node = (value: object): readonly string[] => ['-blockdev', JSON.stringify(value)];

const uefiArgs = ({ uefi, files }: CommandLineInput): readonly string[] => {
  if (!uefi) return [];
  const file = (filename: string): object => ({ driver: 'file', filename });
  return [
    ...node({
      'node-name': 'uefi-code',
      'read-only': true,
      driver: uefi.codeFormat,
      file: file(uefi.code),
    }),
    ...node({ 'node-name': 'uefi-vars', driver: uefi.varsFormat, file: file(files.uefiVars) }),
    ...(uefi.needsSmm ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : []),
  ];
};

const monitor = (path: string): readonly string[] => [
  '-qmp',
  `unix:${option(path)},server=on,wait=off`,
];

export const commandLine = (input: CommandLineInput): readonly string[] => {
  const { definition, engine, files } = input;
  const { config } = definition;
  return [
    '-nodefaults',
    '-no-user-config',
    '-name',
    `guest=${option(definition.name)},debug-threads=on`,
    '-uuid',
    definition.id,
    '-pidfile',
    input.pidFile,
    '-msg',
    'timestamp=on',
    ...(input.hasSandbox ? sandboxArgs : []),
    '-accel',
    accelerators[engine] ?? engine,
    '-machine',
    machineOf(input),
    '-cpu',
    cpuOf(input),
    '-smp',
    `${config.vcpus}`,
    '-m',
    `${config.memory}M`,
    '-rtc',
    `base=${config.rtcBase}`,
    '-boot',
    'strict=on',
    ...uefiArgs(input),
    ...monitor(files.qmp),
    ...monitor(files.qmp2),
    '-display',
    'none',
    '-vnc',
    `unix:${option(files.vnc)}`,
    ...deviceArgs(config, files, input.isFloppyReadOnly === true, input.plugs),
    // The guest waits until the monitor has been spoken to.
    '-S',
    ...(input.isRestore === true ? ['-incoming', 'defer'] : []),
  ];
};
