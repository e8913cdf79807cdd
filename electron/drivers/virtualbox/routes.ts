// How a machine is started on an engine here, and why so. What a program insists on is compiled into it: hardened
// programs of a build without KVM open the kernel driver first, all but VirtualBoxVM with --driverless.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { toEngineId } from '../../../shared/model/brand.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import { text } from '../../../shared/model/text.ts';
import type { VBoxEngine } from './engine-log.ts';
import type { BuildKind } from './probe.ts';

/** `headless`: VBoxHeadless. `hiddenDisplay`: VirtualBoxVM --driverless on a private X server. */
export type Route = 'headless' | 'hiddenDisplay';

export interface RouteFacts {
  readonly build: BuildKind;
  /** The kernel driver's device is there and may be opened. */
  readonly isDriverThere: boolean;
}

export const routeOf = (engine: VBoxEngine, { build, isDriverThere }: RouteFacts): Route => {
  if (build !== 'driver-only') return 'headless';
  // Without its driver this engine fails on either; headless says why, and shows no dialog.
  if (engine === 'vboxdrv') return 'headless';
  return isDriverThere ? 'headless' : 'hiddenDisplay';
};

export const driverDevice = '/dev/vboxdrv';

/** Hardened programs open it as root, so what we may open says nothing about them. */
export const isDriverThere = async (
  isHardened: boolean,
  device = driverDevice,
): Promise<boolean> => {
  try {
    if (isHardened) return (await stat(device)).isCharacterDevice();
    await access(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const reasonOf = (
  engine: VBoxEngine,
  facts: RouteFacts,
): Capabilities['startRoutes'][number]['reason'] => {
  if (routeOf(engine, facts) === 'hiddenDisplay') return text('virtualbox.route.hiddenDisplay');
  if (facts.build !== 'driver-only') return text('virtualbox.route.headlessBuild');
  return text('virtualbox.route.headless');
};

export const startRoutes = (
  engines: readonly VBoxEngine[],
  facts: RouteFacts,
): Capabilities['startRoutes'] =>
  engines.map((engine) => ({ engine: toEngineId(engine), reason: reasonOf(engine, facts) }));
