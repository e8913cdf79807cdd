// Packet capture of a NIC into a pcap file, by QEMU's filter-dump: live on and off, on whatever the NIC is plugged into.
import { open } from 'node:fs/promises';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import type { CaptureFacet } from '../types.ts';
import type { Machine } from './machine.ts';
import { netdevOf } from './netdev.ts';

const filterOf = (nic: string): string => `capture-${nic}`;

const captureFailure = (path: string, error: unknown): Error => {
  const reason = isFailure(error, 'qemu/qmp-error')
    ? String(error.error.params['message'])
    : error instanceof Error
      ? error.message
      : String(error);
  return failure('network/capture-failed', { path, reason }, { cause: error });
};

export const createCapture = (machineOf: (vm: VmId) => Machine): CaptureFacet => ({
  start: async (vm, nic, path) => {
    const machine = machineOf(vm);
    const qmp = await machine.control();
    try {
      // QEMU would make it readable for everybody: it holds what the guest says.
      await open(path, 'w', 0o600).then((file) => file.close());
      await qmp.execute('object-add', {
        'qom-type': 'filter-dump',
        id: filterOf(nic),
        netdev: netdevOf(nic),
        file: path,
      });
    } catch (error) {
      throw captureFailure(path, error);
    }
  },
  stop: async (vm, nic) => {
    const qmp = await machineOf(vm).control();
    await qmp.execute('object-del', { id: filterOf(nic) }).catch((error: unknown) => {
      // Not there: it is stopped.
      if (!isFailure(error, 'qemu/qmp-error')) throw error;
    });
  },
});
