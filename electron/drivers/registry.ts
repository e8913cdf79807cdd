// The list of drivers; the first one gets new machines. A new driver: its folder, and a line here.
import { qemuDriver } from './qemu/index.ts';
import type { HypervisorDriver } from './types.ts';
import { virtualBoxDriver } from './virtualbox/index.ts';

export const drivers: readonly HypervisorDriver[] = [qemuDriver, virtualBoxDriver];
