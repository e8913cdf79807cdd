// A machine with two engines for specs of the window: what those specs share.
import { toDriverId, toEngineId } from '../../../shared/model/brand.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { AppState } from '../../../shared/state/app-state.ts';
import { idOf, vmOf } from './world.tsx';

export const id = idOf(1);
export const soft = { driver: toDriverId('fake'), engine: toEngineId('soft') };
export const fast = { driver: toDriverId('fake'), engine: toEngineId('fast') };
export const withCapabilities = (state: AppState, more: Record<string, unknown>): AppState => {
  const driver = state.drivers['fake']!;
  const engines = [
    ...driver.engines,
    {
      ...driver.engines[0]!,
      id: fast.engine,
      speed: 'native' as const,
      title: 'Fake',
      mark: 'box' as const,
    },
  ];
  const capabilities = { ...driver.capabilities!, ...more };
  return { ...state, drivers: { fake: { ...driver, engines, capabilities } } };
};
export const vmWith = (power: Vm['power'], more: Partial<Vm> = {}): Vm => ({
  ...vmOf(1, 'build', power),
  ...more,
});
