// Asks main for the decision about a machine again whenever something it depends on changed.
import { useEffect, useState } from 'react';
import type { Decision } from '../../../shared/model/compat.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import { useClient } from '../bridge/context.ts';
import { useAppStore } from '../state/app-store.ts';

export const useDecision = (vm: Vm): Decision | undefined => {
  const client = useClient();
  const engines = useAppStore((s) => s.state.engines);
  const drivers = useAppStore((s) => s.state.drivers);
  const [decision, setDecision] = useState<{ readonly id: string; readonly value: Decision }>();
  const { definition, engine } = vm;
  useEffect(() => {
    let isStale = false;
    client.vm.decide({ id: definition.id }).then(
      (value) => {
        if (!isStale) setDecision({ id: definition.id, value });
      },
      // No decision (a damaged machine): the band shows what the state says, or nothing.
      () => undefined,
    );
    return () => {
      isStale = true;
    };
  }, [client, definition, engine, engines, drivers]);
  return decision?.id === definition.id ? decision.value : undefined;
};
