// A machine with two engines for specs of the window: what those specs share.
import { act } from 'react';
import { expect } from 'vitest';
import { toDriverId, toEngineId } from '../../../shared/model/brand.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { AppState } from '../../../shared/state/app-state.ts';
import { idOf, mount, vmOf, type World } from './world.tsx';

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

/** Dialogs that are loaded when first needed. */
export const dialog = async (): Promise<HTMLElement> => {
  await expect.poll(() => document.querySelector('.dlg, .sheet')).not.toBeNull();
  await act(async () => undefined);
  return document.querySelector<HTMLElement>('.dlg, .sheet')!;
};

/** The one thing a test shows; `close` belongs into afterEach. */
export const onePage = () => {
  let world: World | undefined;
  return {
    open: async (
      element: React.ReactNode,
      state: AppState,
      answers: Parameters<typeof mount>[2] = {},
    ): Promise<World> => {
      world = await mount(element, state, answers);
      return world;
    },
    /** Arguments of every call of the channel, in order. */
    callsOf: (channel: string): readonly unknown[] =>
      (world?.calls ?? []).filter(([name]) => name === channel).map(([, args]) => args),
    root: (): HTMLElement => {
      if (!world) throw new Error('nothing is shown');
      return world.root;
    },
    close: async (): Promise<void> => {
      await world?.unmount();
      world = undefined;
    },
  };
};
