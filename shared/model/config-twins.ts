// What no machine can have twice, whatever runs it: device ids, addresses, disks, forwarded ports. The first is told.
import { failure } from '../contract/errors.ts';
import type { PortForward } from './network.ts';
import type { VmConfig } from './vm-config.ts';

const firstTwin = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index);

const unavailable = (feature: string, reason: string): Error =>
  failure('vm/feature-unavailable', { feature, reason });

/** Rejects with `vm/feature-unavailable`. */
export const assertNoTwinDevices = (config: VmConfig): void => {
  const id = firstTwin([...config.disks, ...config.cdDrives, ...config.nics].map((row) => row.id));
  if (id !== undefined) throw unavailable('Device', `Two devices have the id “${id}”.`);
  const mac = firstTwin(config.nics.map((nic) => nic.mac));
  if (mac !== undefined) throw unavailable('Network card', `Two cards have the address ${mac}.`);
  const kind = firstTwin(config.bootOrder);
  if (kind !== undefined) throw unavailable('Boot order', `It names “${kind}” twice.`);
};

/** Rejects with `medium/in-use`. */
export const assertNoTwinDisks = (config: VmConfig): void => {
  const path = firstTwin(config.disks.map((disk) => disk.path));
  if (path === undefined) return;
  throw failure('medium/in-use', { path, by: 'another disk of the same machine' });
};

/** Two forwards of machines that cannot listen at once. */
export const isSameListener = (a: PortForward, b: PortForward): boolean =>
  a.protocol === b.protocol &&
  a.hostPort === b.hostPort &&
  (a.hostAddress === b.hostAddress || a.hostAddress === '' || b.hostAddress === '');

/** Rejects with `network/forward-exists`: two that cannot listen at once. */
export const assertNoTwinForwards = (config: VmConfig): void => {
  const forwards = config.nics.flatMap((nic) =>
    nic.attachment.kind === 'nat' ? nic.attachment.forwards : [],
  );
  forwards.forEach((forward, index) => {
    const isTwin = forwards.slice(0, index).some((other) => isSameListener(other, forward));
    if (isTwin) throw failure('network/forward-exists', { port: forward.hostPort });
  });
};
