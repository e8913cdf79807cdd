// The compatibility table as main judges it for this host, asked again when engines or the machine change.
import { useEffect, useState } from 'react';
import { isFailure, type AppError } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import type { CompatRow } from '../../../shared/model/compat-table.ts';
import { useClient } from '../bridge/context.ts';
import { useAppStore, useVm } from '../state/app-store.ts';

export interface CompatRows {
  /** `undefined`: not answered yet. */
  readonly rows: readonly CompatRow[] | undefined;
  readonly error: AppError | undefined;
}

/** With `vm`, what that machine uses is marked. */
export const useCompatRows = (vm: VmId | undefined): CompatRows => {
  const client = useClient();
  const engines = useAppStore((s) => s.state.engines);
  const drivers = useAppStore((s) => s.state.drivers);
  const config = useVm(vm)?.definition.config;
  const [answer, setAnswer] = useState<CompatRows>({ rows: undefined, error: undefined });
  useEffect(() => {
    let isStale = false;
    client.compat.table(vm === undefined ? {} : { id: vm }).then(
      ({ rows }) => {
        if (!isStale) setAnswer({ rows, error: undefined });
      },
      (error: unknown) => {
        if (!isStale && isFailure(error)) setAnswer({ rows: undefined, error: error.error });
      },
    );
    return () => {
      isStale = true;
    };
  }, [client, vm, engines, drivers, config]);
  return answer;
};
