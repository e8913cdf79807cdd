// What the found QEMU can do, as data for the core and the window. Pure but for the firmware look-up.
import type { Capabilities, EngineInfo } from '../../../shared/model/driver.ts';
import { busDevices, displayDevices, nicDevices } from './command-line-devices.ts';
import type { QemuFeatures } from './features.ts';
import { findUefi } from './firmware.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What every NIC can be plugged into; passt is a program of its own. */
const plugsOf = (
  paths: Readonly<Record<string, string>>,
): readonly ('stream' | 'tap' | 'passt')[] =>
  paths['passt'] === undefined ? ['stream', 'tap'] : ['stream', 'tap', 'passt'];

/** `paths`: programs that the probe found. */
export const capabilitiesOf = (
  features: QemuFeatures,
  env: Env,
  engines: readonly EngineInfo[],
  paths: Readonly<Record<string, string>>,
): Capabilities => {
  const hasDevice = (name: string): boolean => features.devices.includes(name);
  const hasCommand = (name: string): boolean => features.commands.includes(name);
  const machines = features.machines.filter((row) => /^(pc|q35)/.test(row.alias ?? row.name));
  const newest = machines.find((row) => row.alias === 'q35') ?? machines[0];
  const hasUefi = newest !== undefined && findUefi(env, newest.name, false) !== undefined;
  const hasSecure = newest !== undefined && findUefi(env, newest.name, true) !== undefined;
  return {
    canPause: hasCommand('stop'),
    canSaveState: hasCommand('migrate') && hasCommand('migrate-incoming'),
    canScreenshot: hasCommand('screendump'),
    canChangeForwardsLive: hasCommand('human-monitor-command'),
    canChangeCableLive: hasCommand('set_link'),
    canChangeMediumLive: hasCommand('blockdev-insert-medium'),
    consoles: ['screen', 'serial'],
    machineTypes: machines.map((row) => row.name),
    nicModels: nicDevices.filter(hasDevice),
    diskBuses: Object.entries(busDevices)
      .filter(([, name]) => hasDevice(name))
      .map(([bus]) => bus),
    displayAdapters: [
      ...Object.entries(displayDevices)
        .filter(([, name]) => hasDevice(name))
        .map(([adapter]) => adapter),
      'none',
    ],
    diskFormats: ['qcow2', 'raw', 'vdi', 'vmdk', 'vpc', 'vhdx'],
    firmware: [
      'bios',
      ...(hasUefi ? ['uefi' as const] : []),
      ...(hasSecure ? ['uefi-secure' as const] : []),
    ],
    maxVcpus: Math.max(1, ...machines.map((row) => row.maxVcpus)),
    nicAttachments: ['nat', 'none', 'natNetwork', 'internal', 'hostOnly', 'bridged'],
    networking: engines.map(({ id }) => ({
      engine: id,
      native: ['nat', 'none'],
      plugs: plugsOf(paths),
    })),
    absentEngines: [],
    startRoutes: [],
    hasSnapshots: false,
    hasOwnWindow: false,
    canWriteEngine: false,
  };
};
