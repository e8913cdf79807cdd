// What the found VirtualBox can do, as data for the core and the window.
import { toEngineId } from '../../../shared/model/brand.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import { text } from '../../../shared/model/text.ts';
import { controllerNames, displayNames, nicNames } from './device-names.ts';
import { usableFormats } from './edit/media.ts';
import { chipsetWords } from './edit/places.ts';
import type { VBoxEngine } from './engine-log.ts';
import type { BuildKind } from './probe.ts';
import { startRoutes, type RouteFacts } from './routes.ts';

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

/** Without its kernel driver VirtualBox has NAT alone; everything else is plugged in by us. */
const networking = (engine: VBoxEngine): NonNullable<Capabilities['networking']>[number] =>
  engine === 'vboxdrv'
    ? {
        engine: toEngineId(engine),
        native: ['nat', 'none', 'natNetwork', 'internal', 'hostOnly', 'bridged'],
        plugs: [],
        canCloseLoopback: true,
      }
    : {
        engine: toEngineId(engine),
        native: ['nat', 'none'],
        plugs: ['datagram', 'tap'],
        canCloseLoopback: true,
      };

export const capabilitiesOf = (facts: RouteFacts): Capabilities => {
  const absent = absentEngines(facts.build);
  const present = allEngines.filter((engine) => !absent.some((row) => row.engine === engine));
  return {
    canPause: true,
    canSaveState: true,
    canScreenshot: true,
    canChangeForwardsLive: true,
    canChangeCableLive: true,
    canChangeMediumLive: true,
    consoles: ['screen', 'serial'],
    machineTypes: Object.values(chipsetWords),
    nicModels: nicNames.map((row) => row.model),
    networking: present.map(networking),
    diskBuses: [
      ...new Set(controllerNames.flatMap((row) => (row.bus === 'floppy' ? [] : [row.bus]))),
    ],
    displayAdapters: displayNames.map((row) => row.display),
    diskFormats: [...usableFormats],
    firmware: ['bios', 'uefi'],
    maxVcpus,
    absentEngines: absent,
    ...(facts.build === 'kvm-only'
      ? { youngEngines: [{ engine: toEngineId('kvm'), build: 'port' as const }] }
      : {}),
    startRoutes: startRoutes(present, facts),
    // VirtualBoxVM ends as "aborted" on SIGTERM.
    endsWithSession: true,
    hasSnapshots: true,
    hasOwnWindow: true,
    canWriteEngine: true,
    canEditWhileRunning: false,
  };
};
