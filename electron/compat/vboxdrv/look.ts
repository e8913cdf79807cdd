// What can be seen of VirtualBox's kernel driver without root: module, device, kernel, KVM beside it, Secure Boot.
// Reads files only, starts no program. A failed look is told as such, never as "no".
import { constants, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import type { DriverInfo } from '../../../shared/model/driver.ts';
import { parseCpuInfo, cpuInfoPath } from '../probes/cpu-info.ts';
import { lookAtFile, lookForPath, type HostRoot } from '../probes/look.ts';
import type { VboxdrvFacts } from '../table/vboxdrv-on-kernel.ts';
import { hypervisorProcesses, type HypervisorProcess } from './processes.ts';

/** Outcome of opening /dev/vboxdrv for reading and closing it again. */
export type DriverDevice =
  | { readonly kind: 'opened' }
  | { readonly kind: 'absent'; readonly detail: string }
  /** Usual where the programs are set-uid: they open it as root. */
  | { readonly kind: 'denied'; readonly detail: string }
  /** A node without a driver behind it. */
  | { readonly kind: 'dead'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

export interface ModuleVersion {
  readonly version: string;
  readonly revision: number | undefined;
}

export interface VboxdrvLook {
  readonly kernel: string;
  readonly isLoaded: boolean;
  readonly moduleVersion: ModuleVersion | undefined;
  readonly device: DriverDevice;
  /** A module file for the running kernel exists; `undefined` = the list of modules could not be read. */
  readonly isBuilt: boolean | undefined;
  readonly hasHeaders: boolean;
  /** Oracle's packages bring a program that builds the module. */
  readonly hasOwnSetup: boolean;
  /** `undefined` = no UEFI, or it could not be read. */
  readonly isSecureBootOn: boolean | undefined;
  /** The kernel takes only signed modules (lockdown). */
  readonly isLockedDown: boolean;
  readonly hasVirtualization: boolean | undefined;
  readonly enableVirtAtLoad: VboxdrvFacts['enableVirtAtLoad'];
  readonly isKvmVendorModuleLoaded: boolean;
  readonly processes: readonly HypervisorProcess[];
}

export const kernelRelease = async (host: HostRoot): Promise<string> => {
  const look = await lookAtFile(host, '/proc/sys/kernel/osrelease');
  return look.kind === 'read' ? look.text.trim() : release();
};

/** `7.2.6 r172322 (0x00340002)`, `7.2.22_Debian r175245 (0x00390002)`. */
export const parseModuleVersion = (content: string): ModuleVersion | undefined => {
  const row = /^(\d+\.\d+\.\d+)\S*(?:\s+r(\d+))?/.exec(content.trim());
  if (!row) return undefined;
  return { version: row[1] ?? '', revision: row[2] === undefined ? undefined : Number(row[2]) };
};

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Never rejects. Opening it makes a session that ends with the closing; nothing is switched on by that. */
export const lookAtDriverDevice = async (path: string): Promise<DriverDevice> => {
  try {
    const found = await stat(path);
    if (!found.isCharacterDevice()) return { kind: 'dead', detail: `${path} is not a device` };
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    await handle.close();
    return { kind: 'opened' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    switch (errnoOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        return { kind: 'absent', detail };
      case 'EACCES':
      case 'EPERM':
        return { kind: 'denied', detail };
      case 'ENXIO':
      case 'ENODEV':
        return { kind: 'dead', detail };
      default:
        return { kind: 'failed', detail };
    }
  }
};

/** Whether the running kernel has a module by that name: a file of its own, or built in. */
export const hasModule = async (
  host: HostRoot,
  kernel: string,
  name: string,
): Promise<boolean | undefined> => {
  const folder = `/lib/modules/${kernel}`;
  const dependencies = await lookAtFile(host, `${folder}/modules.dep`);
  const builtIn = await lookAtFile(host, `${folder}/modules.builtin`);
  if (dependencies.kind !== 'read' && builtIn.kind !== 'read') return undefined;
  // Sample line: `updates/dkms/vboxdrv.ko.xz:`; file names have `-` or `_`, module names `_`.
  const file = new RegExp(`/${name.replaceAll('_', '[-_]')}\\.ko(\\.\\w+)?(:|$)`, 'm');
  return [dependencies, builtIn].some((look) => look.kind === 'read' && file.test(look.text));
};

const secureBootVariable =
  '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** Four bytes of attributes, then 1 or 0. */
const secureBoot = async (host: HostRoot): Promise<boolean | undefined> => {
  const look = await lookAtFile(host, secureBootVariable);
  return look.kind === 'read' ? look.text.endsWith('\u0001') : undefined;
};

export const lookAtVboxdrv = async (host: HostRoot, device?: string): Promise<VboxdrvLook> => {
  const is = async (path: string): Promise<boolean> => (await lookForPath(host, path)) === true;
  const kernel = await kernelRelease(host);
  const [isLoaded, version, driverDevice, isBuilt, hasHeaders, isSecureBootOn, lockdown, cpu] =
    await Promise.all([
      is('/sys/module/vboxdrv'),
      lookAtFile(host, '/sys/module/vboxdrv/version'),
      lookAtDriverDevice(device ?? join(host.root, 'dev/vboxdrv')),
      hasModule(host, kernel, 'vboxdrv'),
      is(`/lib/modules/${kernel}/build`),
      secureBoot(host),
      lookAtFile(host, '/sys/kernel/security/lockdown'),
      lookAtFile(host, cpuInfoPath),
    ]);
  const [hasOwnSetup, parameter, intel, amd, processes] = await Promise.all([
    is('/sbin/vboxconfig'),
    lookAtFile(host, '/sys/module/kvm/parameters/enable_virt_at_load'),
    is('/sys/module/kvm_intel'),
    is('/sys/module/kvm_amd'),
    hypervisorProcesses(host),
  ]);
  const value = parameter.kind === 'read' ? parameter.text.trim() : 'absent';
  const hasFlags = cpu.kind === 'read' && /^flags\s*:/m.test(cpu.text);
  return {
    kernel,
    isLoaded,
    moduleVersion: version.kind === 'read' ? parseModuleVersion(version.text) : undefined,
    device: driverDevice,
    isBuilt,
    hasHeaders,
    hasOwnSetup,
    isSecureBootOn,
    isLockedDown: lockdown.kind === 'read' && /\[(integrity|confidentiality)\]/.test(lockdown.text),
    hasVirtualization: hasFlags ? parseCpuInfo(cpu.text).virtualization !== undefined : undefined,
    enableVirtAtLoad: value === 'Y' || value === '1' ? 'Y' : value === 'absent' ? 'absent' : 'N',
    isKvmVendorModuleLoaded: intel || amd,
    processes,
  };
};

/** The driver that has an engine of its own in the kernel; recognised by the engine, not by name. */
export const ownDriverOf = (drivers: readonly DriverInfo[]): DriverInfo | undefined =>
  drivers.find((driver) => driver.engines.some((engine) => engine.accelerator === 'vboxdrv'));

/** Its programs are set-uid root, so that they may open the driver whatever the user may. One stat, at once. */
export const isSetUid = (host: HostRoot, driver: DriverInfo): boolean => {
  if (driver.probe.kind !== 'found') return false;
  const path = driver.probe.paths['machine'] ?? driver.probe.paths['headless'];
  if (path === undefined) return false;
  try {
    return (statSync(join(host.root, path)).mode & 0o4000) !== 0;
  } catch {
    return false;
  }
};
