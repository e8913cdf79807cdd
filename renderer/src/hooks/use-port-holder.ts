// Who has a port of this computer, as main sees it.
import { useEffect, useState } from 'react';
import { useClient } from '../bridge/context.ts';
import type { Holder } from '../model/forward-state.ts';
import type { ForwardRow, Listener } from '../model/forwards.ts';

/** Holders of the ports that are not open by us, asked again whenever a forward or a machine's state changed. */
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
    let isStale = false;
    const look = async (): Promise<void> => {
      const found: Record<string, Holder> = {};
      for (const { key, ...listener } of JSON.parse(asked) as ForwardRow[]) {
        try {
          found[key] = await client.network.portHolder(listener);
        } catch {
          // Not known; the start will tell.
        }
        if (isStale) return;
      }
      setHolders(found);
    };
    void look();
    return () => {
      isStale = true;
    };
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
