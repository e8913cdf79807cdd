// What a host check is: looked at without root, never rejecting, with everything it looks at handed in,
// so that specs can offer a folder in place of the host.
import { delimiter, isAbsolute, join } from 'node:path';
import type { MessageKey } from '../../../shared/i18n/catalog.en.ts';
import type { HostCheck, Remedy } from '../../../shared/model/compat.ts';
import type { DriverInfo } from '../../../shared/model/driver.ts';
import type { Text } from '../../../shared/model/text.ts';
import type { Exec } from '../../process/exec.ts';
import type { DistributionFamily } from '../host-facts.ts';
import type { DeviceLook } from '../kvm/model.ts';
import type { KvmCheckResult } from '../kvm/model.ts';
import { remedy, type RemedyKey } from '../remedies.ts';
import type { VboxdrvLook } from '../vboxdrv/look.ts';
import { isThere } from './look.ts';

export interface ProbeHost {
  /** `/`, or a folder that stands for it. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exec: Exec;
  readonly signal: AbortSignal;
  readonly distribution: DistributionFamily;
  /** Folder where machines are kept. */
  readonly dataDir: string;
  readonly drivers: () => readonly DriverInfo[];
  /** Opens the KVM device for reading and writing. */
  readonly lookAtKvmDevice: () => Promise<DeviceLook>;
  /** What there is of VirtualBox's own kernel driver. */
  readonly lookAtVboxdrv: () => Promise<VboxdrvLook>;
  /** May this user open the path of the host for reading and writing? */
  readonly mayUse: (path: string) => Promise<boolean>;
  /** Who we are to the kernel. Groups are those of the login: later ones need a new login. */
  readonly user: {
    readonly name: string;
    readonly uid: number;
    readonly groups: readonly number[];
  };
  /** The measured check; `undefined` = it cannot be done here, for example without QEMU. */
  readonly checkKvm: () => Promise<KvmCheckResult | undefined>;
}

export interface ProbeResult {
  readonly verdict: Exclude<HostCheck['verdict'], 'running'>;
  readonly sentence: Text;
  readonly raw: string;
  readonly remedies: readonly Remedy[];
  /** Going on would freeze or crash this computer. */
  readonly isCritical?: boolean;
}

export interface Probe {
  readonly id: string;
  readonly category: HostCheck['category'];
  readonly title: MessageKey;
  /** What is looked at, as path or command. */
  readonly tested: string;
  /**
   * Backends standing on this accelerator are affected; `all` = every backend; `ownDriver` = every engine of the
   * hypervisor that has a kernel driver of its own, `ownDriverKvm` = that hypervisor on KVM.
   */
  readonly affects: 'kvm' | 'vboxdrv' | 'all' | 'none' | 'ownDriver' | 'ownDriverKvm';
  /** Whose probe must have answered first: the system emulator's, or VirtualBox's. Absent: nobody's. */
  readonly after?: 'emulator' | 'ownDriver';
  /** It starts a program: left for after what the engines rest on. */
  readonly startsProgram?: boolean;
  /** False: it has nothing to say about this host and is not shown. Absent: always applicable. */
  readonly isApplicable?: (host: ProbeHost) => boolean | Promise<boolean>;
  readonly run: (host: ProbeHost) => Promise<ProbeResult>;
}

export const couldNotLook = (what: string, raw: string): ProbeResult => ({
  verdict: 'unknown',
  sentence: { key: 'host.sentence.couldNotLook', params: { what } },
  raw,
  remedies: [],
});

export const remediesOf = (
  host: Pick<ProbeHost, 'distribution'>,
  ...keys: readonly RemedyKey[]
): readonly Remedy[] => keys.map((key) => remedy(key, host.distribution));

export const answer = (
  verdict: ProbeResult['verdict'],
  sentence: Text,
  raw: string,
  remedies: readonly Remedy[] = [],
): ProbeResult => ({ verdict, sentence, raw, remedies });

/** The first of these that is on the search path, as a path of the host. */
export const findProgram = async (
  host: Pick<ProbeHost, 'root' | 'env'>,
  ...names: readonly string[]
): Promise<string | undefined> => {
  const folders = (host.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isThere(host, path)) return path;
    }
  }
  return undefined;
};
