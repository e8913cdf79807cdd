// How VirtualBox's own engine stands on this host: first what is missing of its driver, then whether driver, kernel and
// KVM go together (table/vboxdrv-on-kernel.ts). Pure.
import type { vboxdrvTexts } from '../../../shared/i18n/en/vboxdrv.ts';
import type { VboxdrvFact } from '../host-facts.ts';
import type { RemedyKey } from '../remedies.ts';
import {
  compareVersions,
  judgeVboxdrv,
  parseVersion,
  type VboxdrvRow,
  type Version,
} from '../table/vboxdrv-on-kernel.ts';
import type { ModuleVersion, VboxdrvLook } from './look.ts';

type Clause = Extract<keyof typeof vboxdrvTexts, `vboxdrv.because.${string}`>;

export interface VboxdrvStanding {
  readonly standing: 'usable' | 'unusable' | 'unknown';
  readonly reason: Clause;
  readonly params: Readonly<Record<string, string>>;
  readonly remedies: readonly RemedyKey[];
  readonly checkIds: readonly string[];
  /** `measured`: seen here (a device, a version). `documented`: by the table. */
  readonly confidence: 'measured' | 'documented';
  /** A judgement of ours that the user may overrule; never what may freeze the computer. */
  readonly canForce: boolean;
  readonly row: VboxdrvRow;
  readonly wouldFreeze: boolean;
}

const becauseOf: Readonly<Record<VboxdrvRow['sentence'], Clause>> = {
  'vboxdrv.good': 'vboxdrv.because.ready',
  'vboxdrv.notBesideKvm': 'vboxdrv.because.ready',
  'vboxdrv.kvmKeepsVirtualization': 'vboxdrv.because.kvmKeepsVirtualization',
  'vboxdrv.tooOldForKernel': 'vboxdrv.because.tooOldForKernel',
  'vboxdrv.wantsKvmModule': 'vboxdrv.because.wantsKvmModule',
  'vboxdrv.leftoverSetting': 'vboxdrv.because.leftoverSetting',
  'vboxdrv.versionCrashesKernel': 'vboxdrv.because.versionCrashesKernel',
};

const rowOf = (look: VboxdrvLook, virtualBox: Version): VboxdrvRow =>
  judgeVboxdrv({
    kernel: parseVersion(look.kernel),
    virtualBox,
    enableVirtAtLoad: look.enableVirtAtLoad,
    isKvmVendorModuleLoaded: look.isKvmVendorModuleLoaded,
    isKvmVmRunning: look.processes.some(({ holds }) => holds === 'kvm'),
  });

/** What would bring the module: load it, build it, or sign it. */
export const moduleRemedies = (look: VboxdrvLook): readonly RemedyKey[] => {
  if (look.isBuilt === true) {
    return look.isSecureBootOn === true ? ['signVboxdrv', 'loadVboxdrv'] : ['loadVboxdrv'];
  }
  const build: RemedyKey = look.hasOwnSetup ? 'vboxconfig' : 'buildVboxdrv';
  return look.isBuilt === undefined ? ['loadVboxdrv', build] : [build];
};

const missingModule = (
  look: VboxdrvLook,
): Pick<VboxdrvStanding, 'reason' | 'remedies' | 'checkIds'> => {
  const checkIds = ['vb.drv.loaded', 'vb.drv.built'];
  if (look.hasVirtualization === false) {
    // Building the driver would not help here.
    const reason = 'vboxdrv.because.notLoadedNoVirtualization';
    return { reason, remedies: [], checkIds: ['vb.drv.loaded', 'cpu.virt'] };
  }
  const remedies = moduleRemedies(look);
  if (look.isBuilt === false) return { reason: 'vboxdrv.because.notBuilt', remedies, checkIds };
  return look.isBuilt === true && look.isSecureBootOn === true
    ? { reason: 'vboxdrv.because.notSigned', remedies, checkIds: [...checkIds, 'vb.drv.sign'] }
    : { reason: 'vboxdrv.because.notLoaded', remedies, checkIds };
};

/** `program`: a version with or without `rNNN`. Revisions count where both are known. */
export const isSameBuild = (module: ModuleVersion, program: string): boolean => {
  const revision = /r(\d+)$/.exec(program)?.[1];
  const isSameVersion = compareVersions(parseVersion(module.version), parseVersion(program)) === 0;
  const isSameRevision =
    revision === undefined || module.revision === undefined || Number(revision) === module.revision;
  return isSameVersion && isSameRevision;
};

export const vboxdrvStanding = (
  look: VboxdrvLook,
  /** The installed VirtualBox: its version, with or without `rNNN`; whether its programs are set-uid. */
  program: { readonly version: string; readonly isSetUid: boolean },
): VboxdrvStanding => {
  const row = rowOf(look, parseVersion(program.version));
  const wouldFreeze = row.verdict === 'freezes';
  const params = {
    kernel: look.kernel,
    program: program.version,
    driver: look.moduleVersion?.version ?? '',
  };
  const base = { params, row, wouldFreeze, canForce: false, confidence: 'measured' } as const;
  const { device } = look;
  if (device.kind === 'absent' && !look.isLoaded) {
    return { ...base, standing: 'unusable', ...missingModule(look) };
  }
  const loaded = (rest: Pick<VboxdrvStanding, 'standing' | 'reason' | 'remedies'>) => ({
    ...base,
    checkIds: ['vb.drv.loaded'],
    ...rest,
  });
  switch (device.kind) {
    case 'absent':
    case 'dead':
      return loaded({
        standing: 'unusable',
        reason: 'vboxdrv.because.deviceDead',
        remedies: moduleRemedies(look),
      });
    case 'failed':
      return loaded({
        standing: 'unknown',
        reason: 'vboxdrv.because.couldNotLook',
        remedies: ['lookAgain'],
      });
    case 'denied':
      // Set-uid programs open it as root, whatever this user may.
      if (program.isSetUid) break;
      return loaded({ standing: 'unusable', reason: 'vboxdrv.because.denied', remedies: [] });
    case 'opened':
      break;
  }
  if (look.hasVirtualization === false) {
    return {
      ...base,
      standing: 'unusable',
      reason: 'vboxdrv.because.noVirtualization',
      remedies: ['firmwareVirtualization'],
      checkIds: ['cpu.virt'],
    };
  }
  const byTable = {
    ...base,
    confidence: 'documented',
    checkIds: ['avl'],
    reason: becauseOf[row.sentence],
  } as const;
  if (wouldFreeze) {
    return { ...byTable, standing: 'unusable', remedies: freezeRemedies(row) };
  }
  if (look.moduleVersion && !isSameBuild(look.moduleVersion, program.version)) {
    return {
      ...base,
      standing: 'unusable',
      reason: 'vboxdrv.because.mismatch',
      remedies: ['restartComputer', look.hasOwnSetup ? 'vboxconfig' : 'buildVboxdrv'],
      checkIds: ['vb.drv.match'],
      canForce: true,
    };
  }
  return row.verdict === 'blocked'
    ? { ...byTable, standing: 'unusable', remedies: blockedRemedies(row), canForce: true }
    : { ...byTable, standing: 'usable', remedies: [] };
};

const freezeRemedies = (row: VboxdrvRow): readonly RemedyKey[] =>
  row.id === 'avl.6' ? ['updateVirtualBox'] : ['findLeftoverSetting'];

const blockedRemedies = (row: VboxdrvRow): readonly RemedyKey[] => {
  switch (row.id) {
    case 'avl.2':
      return ['keepKvmFromVirtualization', 'unloadKvm'];
    case 'avl.3':
      return ['updateVirtualBox', 'unloadKvm'];
    default:
      return ['loadAnyKvm', 'updateVirtualBox'];
  }
};

/** Remedies of a row, for the check that shows it. */
export const rowRemedies = (row: VboxdrvRow): readonly RemedyKey[] =>
  row.verdict === 'freezes'
    ? freezeRemedies(row)
    : row.verdict === 'blocked'
      ? blockedRemedies(row)
      : [];

/** What the core's arbiter needs to know of it. */
export const vboxdrvFact = (standing: VboxdrvStanding, look: VboxdrvLook): VboxdrvFact => ({
  row: standing.row.id,
  verdict: standing.row.verdict,
  sentence: { key: standing.row.sentence },
  wouldFreeze: standing.wouldFreeze,
  isLoaded: look.isLoaded,
  processes: look.processes,
});
