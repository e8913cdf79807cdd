// Which accelerator a running QEMU really uses, read back from it.
import {
  toEngineId,
  toEpochMs,
  type DriverId,
  type EngineId,
} from '../../../shared/model/brand.ts';
import type { EngineProof } from '../../../shared/model/compat.ts';
import type { QmpClient } from './qmp.ts';

/** Asks `query-kvm`; `decided` is what the VM was started on. */
export const proveEngine = async (
  qmp: QmpClient,
  driver: DriverId,
  decided: EngineId,
  now: () => number,
): Promise<EngineProof> => {
  const answer = await qmp.execute('query-kvm');
  const isKvm =
    typeof answer === 'object' && answer !== null && 'enabled' in answer && answer.enabled === true;
  const engine = toEngineId(isKvm ? 'kvm' : 'tcg');
  return {
    backend: { driver, engine },
    witness: `query-kvm ${JSON.stringify(answer)}`,
    readAt: toEpochMs(now()),
    ...(engine === decided ? {} : { contradicts: { driver, engine: decided } }),
  };
};
