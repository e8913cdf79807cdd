// What the found VirtualBox can do, as data for the core and the window.
import { toEngineId } from '../../../shared/model/brand.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import { text } from '../../../shared/model/text.ts';
import { controllerNames, displayNames, nicNames } from './device-names.ts';
import type { VBoxEngine } from './engine-log.ts';
import type { BuildKind } from './probe.ts';
import { startRoutes, type RouteFacts } from './routes.ts';

/** Machines of ours; VirtualBox's names of chipsets, in lower case. */
export const machineTypes: Readonly<Record<'q35' | 'pc', string>> = { q35: 'ich9', pc: 'piix3' };

export const allEngines: readonly VBoxEngine[] = ['vboxdrv', 'kvm', 'software'];

/** VirtualBox's limit for a machine. Source: SchemaDefs::MaxCPUCount; 64 since 7.0. */
const maxVcpus = 64;

/** `isKvmSupported`: what VirtualBox itself says, absent where it cannot be asked; the files' word counts then. */
export const buildOf = (files: BuildKind, isKvmSupported: boolean | undefined): BuildKind => {
  if (isKvmSupported === undefined) return files;
  if (!isKvmSupported) return 'driver-only';
  return files === 'driver-only' ? 'driver-or-kvm' : files;
};

const absentEngines = (build: BuildKind): Capabilities['absentEngines'] => {
  switch (build) {
    case 'driver-only':
      return [{ engine: toEngineId('kvm'), reason: text('virtualbox.absent.kvm') }];
    case 'kvm-only':
      return [{ engine: toEngineId('vboxdrv'), reason: text('virtualbox.absent.vboxdrv') }];
    case 'driver-or-kvm':
      return [];
  }
};

export const capabilitiesOf = (facts: RouteFacts): Capabilities => {
  const absent = absentEngines(facts.build);
  const present = allEngines.filter((engine) => !absent.some((row) => row.engine === engine));
  return {
    canPause: true,
    canSaveState: true,
    canScreenshot: false,
    canChangeForwardsLive: false,
    canChangeCableLive: false,
    canChangeMediumLive: false,
    consoles: [],
    machineTypes: Object.values(machineTypes),
    nicModels: nicNames.map((row) => row.model),
    diskBuses: [
      ...new Set(controllerNames.flatMap((row) => (row.bus === 'floppy' ? [] : [row.bus]))),
    ],
    displayAdapters: displayNames.map((row) => row.display),
    diskFormats: ['vdi', 'vmdk', 'vpc'],
    firmware: ['bios', 'uefi'],
    maxVcpus,
    absentEngines: absent,
    startRoutes: startRoutes(present, facts),
    hasSnapshots: false,
    hasOwnWindow: true,
    canWriteEngine: true,
  };
};
