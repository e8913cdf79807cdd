// What main says about a network while it is typed: overlaps, ranges, uplinks. The last answer counts.
import { useEffect, useState } from 'react';
import type { AppError } from '../../../../shared/contract/errors.ts';
import type { NetworkId } from '../../../../shared/model/networks.ts';
import { useClient } from '../../bridge/context.ts';
import type { NetworkBody } from './draft.ts';

/** Typing pauses this long before main is asked. */
const pauseMs = 250;

export interface Verdict {
  readonly problem: AppError | undefined;
  readonly field: string | undefined;
  /** What was judged, to know whether the answer is about what is typed now. */
  readonly about: string;
}

export const useCheck = (
  network: NetworkBody | undefined,
  id: NetworkId | undefined,
): Verdict | undefined => {
  const client = useClient();
  const [verdict, setVerdict] = useState<Verdict>();
  const about = network && JSON.stringify(network);
  useEffect(() => {
    if (about === undefined) return undefined;
    let isStale = false;
    const timer = setTimeout(() => {
      const draft = JSON.parse(about) as NetworkBody;
      client.network.check({ network: draft, ...(id === undefined ? {} : { id }) }).then(
        ({ problem, field }) => {
          if (!isStale) setVerdict({ problem, field, about });
        },
        // Creating it will tell.
        () => undefined,
      );
    }, pauseMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [client, about, id]);
  return verdict?.about === about ? verdict : undefined;
};
