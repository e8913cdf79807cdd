// Looks at an image file through main; `version` asks again when it changes. `undefined` = not known (yet).
import { useEffect, useState } from 'react';
import type { MediumInfo } from '../../../shared/model/medium.ts';
import { useClient } from '../bridge/context.ts';

export const useMediumInfo = (path: string, version: number): MediumInfo | undefined => {
  const client = useClient();
  const [info, setInfo] = useState<MediumInfo>();
  useEffect(() => {
    let isStale = false;
    client.medium.inspect({ path }).then(
      (value) => {
        if (!isStale) setInfo(value);
      },
      () => {
        if (!isStale) setInfo(undefined);
      },
    );
    return () => {
      isStale = true;
    };
  }, [client, path, version]);
  return info?.path === path ? info : undefined;
};
