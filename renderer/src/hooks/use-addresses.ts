// Addresses of a running guest, asked again and again while they can be seen.
import { useEffect, useState } from 'react';
import type { GuestAddress } from '../../../shared/model/networks.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import { useClient } from '../bridge/context.ts';
import { whileVisible } from './while-visible.ts';

const everyMs = 5000;

/** Empty: none known. `undefined`: not running, or no answer yet. */
export const useAddresses = (vm: Vm): readonly GuestAddress[] | undefined => {
  const client = useClient();
  const { id } = vm.definition;
  const isRunning = vm.power === 'running';
  const [found, setFound] = useState<{
    readonly id: string;
    readonly addresses: readonly GuestAddress[];
  }>();
  useEffect(() => {
    if (!isRunning) return undefined;
    return whileVisible(everyMs, async (isStale) => {
      const { addresses } = await client.network.addresses({ id });
      if (!isStale()) setFound({ id, addresses });
    });
  }, [client, id, isRunning]);
  return isRunning && found?.id === id ? found.addresses : undefined;
};
