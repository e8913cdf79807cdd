// Counters and leases of one network, asked for every two seconds while somebody looks.
import { useEffect, useState } from 'react';
import type { NetworkId, NetworkLive } from '../../../../shared/model/networks.ts';
import { useClient } from '../../bridge/context.ts';
import { whileVisible } from '../../hooks/while-visible.ts';

const everyMs = 2000;

/** `undefined`: not known (yet). */
export const useLive = (id: NetworkId, isUp: boolean): NetworkLive | undefined => {
  const client = useClient();
  const [live, setLive] = useState<{ readonly id: NetworkId; readonly value: NetworkLive }>();
  useEffect(() => {
    if (!isUp) return undefined;
    return whileVisible(everyMs, async (isStale) => {
      const value = await client.network.live({ id });
      if (!isStale()) setLive({ id, value });
    });
  }, [client, id, isUp]);
  return isUp && live?.id === id ? live.value : undefined;
};
