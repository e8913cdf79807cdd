// The list of drivers. A new driver: its folder, and a line here.
import { qemuDriver } from './qemu/index.ts';
import type { HypervisorDriver } from './types.ts';

export const drivers: readonly HypervisorDriver[] = [qemuDriver];
