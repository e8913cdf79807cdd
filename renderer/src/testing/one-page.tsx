// The one thing a spec of the window shows, taken away after each test.
import { act } from 'react';
import { afterEach, expect } from 'vitest';
import type { AppState } from '../../../shared/state/app-state.ts';
import { mount, type World } from './world.tsx';

/** Dialogs that are loaded when first needed. */
export const dialog = async (): Promise<HTMLElement> => {
  await expect.poll(() => document.querySelector('.dlg, .sheet')).not.toBeNull();
  await act(async () => undefined);
  return document.querySelector<HTMLElement>('.dlg, .sheet')!;
};

/** To be called beside the tests, once. */
export const onePage = () => {
  let world: World | undefined;
  afterEach(async () => {
    await world?.unmount();
    world = undefined;
  });
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
  };
};
