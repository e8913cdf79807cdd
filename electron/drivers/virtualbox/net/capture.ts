// Packet capture of a NIC by VirtualBox itself, into a pcap file, while the machine runs.
import { open, rm, stat } from 'node:fs/promises';
import { failure, isFailure } from '../../../../shared/contract/errors.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { CaptureFacet } from '../../types.ts';
import { slotOf } from '../edit/places.ts';
import type { MachineContext } from '../machine-context.ts';

const reasonOf = (error: unknown): string => {
  if (isFailure(error, 'virtualbox/refused')) return String(error.error.params['message']);
  return error instanceof Error ? error.message : String(error);
};

export interface Captures extends CaptureFacet {
  /** The machine is off: VirtualBox would go on writing at its next start. */
  readonly ended: (vm: VmId) => Promise<void>;
}

export const createCapture = ({ manage }: Pick<MachineContext, 'manage'>): Captures => {
  const running = new Map<VmId, Set<number>>();
  const trace = (vm: string, number: number, word: 'on' | 'off'): Promise<string> =>
    manage.change(['controlvm', vm, `nictrace${number}`, word]);
  return {
    start: async (vm, nic, path) => {
      const number = (slotOf(nic) ?? 0) + 1;
      try {
        // It holds what the guest says: nobody else reads it.
        await open(path, 'w', 0o600).then((file) => file.close());
        await trace(vm, number, 'off');
        await manage.change(['controlvm', vm, `nictracefile${number}`, path]);
        await trace(vm, number, 'on');
        running.set(vm, (running.get(vm) ?? new Set()).add(number));
        // The file's head comes at once where VirtualBox does as it was told.
        if ((await stat(path)).size === 0) throw new Error('VirtualBox writes nothing into it.');
      } catch (error) {
        await trace(vm, number, 'off').catch(() => undefined);
        await rm(path, { force: true });
        throw failure(
          'network/capture-failed',
          { path, reason: reasonOf(error) },
          { cause: error },
        );
      }
    },
    stop: async (vm, nic) => {
      const number = (slotOf(nic) ?? 0) + 1;
      await trace(vm, number, 'off');
      running.get(vm)?.delete(number);
    },
    ended: async (vm) => {
      const words = [...(running.get(vm) ?? [])].flatMap((number) => [
        `--nic-trace${number}`,
        'off',
      ]);
      if (words.length > 0) await manage.change(['modifyvm', vm, ...words]);
      running.delete(vm);
    },
  };
};
