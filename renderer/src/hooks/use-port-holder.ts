// Who has a port of this computer, as main sees it.
import { useEffect, useState } from 'react';
import { useClient } from '../bridge/context.ts';
import type { Holder } from '../model/forward-state.ts';
import type { ForwardRow, Listener } from '../model/forwards.ts';
import { whileVisible } from './while-visible.ts';

const everyMs = 4000;

/** Programs that have the ports of forwards that are not open; asked again and again, for they come and go. */
export const useHolders = (rows: readonly ForwardRow[]): Readonly<Record<string, Holder>> => {
  const client = useClient();
  const [holders, setHolders] = useState<Readonly<Record<string, Holder>>>({});
  const asked = JSON.stringify(
    rows
      .filter((row) => !row.isOpen)
      .map(({ key, protocol, hostAddress, hostPort }) => ({
        key,
        protocol,
        hostAddress,
        hostPort,
      })),
  );
  useEffect(() => {
    const listeners = JSON.parse(asked) as readonly (Listener & { readonly key: string })[];
    if (listeners.length === 0) return undefined;
    return whileVisible(everyMs, async (isStale) => {
      const found: Record<string, Holder> = {};
      for (const { key, ...listener } of listeners) {
        try {
          found[key] = await client.network.portHolder({ ...listener, isOurs: true });
        } catch {
          // Not known; the start will tell.
        }
        if (isStale()) return;
      }
      setHolders((former) => (JSON.stringify(former) === JSON.stringify(found) ? former : found));
    });
  }, [client, asked]);
  return holders;
};

/** Who has the port of the draft, shortly after typing paused. */
export const useHolder = (draft: Listener, isSound: boolean): Holder | undefined => {
  const client = useClient();
  const [answer, setAnswer] = useState<{ readonly about: string; readonly holder: Holder }>();
  const { protocol, hostAddress, hostPort } = draft;
  const about = `${protocol} ${hostAddress} ${hostPort}`;
  useEffect(() => {
    if (!isSound) return undefined;
    let isStale = false;
    const timer = setTimeout(() => {
      client.network.portHolder({ protocol, hostAddress, hostPort }).then(
        (holder) => {
          if (!isStale) setAnswer({ about, holder });
        },
        () => undefined,
      );
    }, 250);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [client, about, protocol, hostAddress, hostPort, isSound]);
  return answer?.about === about ? answer.holder : undefined;
};
