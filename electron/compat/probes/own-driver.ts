// Applicability of the checks of VirtualBox: recognised by its engine in the kernel, never by name.
import type { DriverInfo } from '../../../shared/model/driver.ts';
import { ownDriverOf } from '../vboxdrv/look.ts';
import type { ProbeHost } from './probe.ts';

export const ownDriver = (host: Pick<ProbeHost, 'drivers'>): DriverInfo | undefined =>
  ownDriverOf(host.drivers());

export interface FoundDriver extends DriverInfo {
  readonly probe: Extract<DriverInfo['probe'], { kind: 'found' }>;
}

export const foundOwnDriver = (host: Pick<ProbeHost, 'drivers'>): FoundDriver | undefined => {
  const driver = ownDriver(host);
  return driver?.probe.kind === 'found' ? { ...driver, probe: driver.probe } : undefined;
};

export const isOwnDriverFound = (host: Pick<ProbeHost, 'drivers'>): boolean =>
  foundOwnDriver(host) !== undefined;

/** Installed, and its kernel driver is loaded. */
export const isOwnDriverLoaded = async (
  host: Pick<ProbeHost, 'drivers' | 'lookAtVboxdrv'>,
): Promise<boolean> => isOwnDriverFound(host) && (await host.lookAtVboxdrv()).isLoaded;
