// Muted checks of this computer: folded away, not counted, and back when wanted.
import { afterEach, describe, expect, it } from 'vitest';
import type { HostCheck } from '../../../shared/model/compat.ts';
import { text } from '../../../shared/model/text.ts';
import type { AppState } from '../../../shared/state/app-state.ts';
import { HostView } from '../features/host/View.tsx';
import { button, click, mount, stateOf, vmOf, type World } from '../testing/world.tsx';
import { Sidebar } from './Sidebar.tsx';

const page = (
  <>
    <Sidebar />
    <HostView />
  </>
);

let world: World | undefined;
afterEach(async () => {
  await world?.unmount();
  world = undefined;
});
const open = async (state: AppState) => {
  world = await mount(page, state);
  return world;
};
const updates = () =>
  (world?.calls ?? []).filter(([name]) => name === 'settings.update').map(([, args]) => args);

describe('checks of this computer', () => {
  const check = (name: string, verdict: HostCheck['verdict']): HostCheck => ({
    id: name,
    category: 'kvm',
    verdict,
    title: text('host.check.kvmMod'),
    sentence: text('host.sentence.kvmModNo'),
    tested: 'lsmod',
    raw: '',
    remedies: [],
    affects: [],
  });
  const state = (mutedChecks: readonly string[]): AppState => {
    const base = stateOf(vmOf(1, 'build'));
    return {
      ...base,
      checks: { a: check('a', 'blocked'), b: check('b', 'blocked'), c: check('c', 'good') },
      settings: { settings: { ...base.settings['settings']!, mutedChecks: [...mutedChecks] } },
    };
  };
  const note = (root: ParentNode) =>
    [...root.querySelectorAll('.side button')].at(-1)?.getAttribute('aria-label');

  it('are muted one by one', async () => {
    const { root } = await open(state(['b']));
    expect(note(root)).toBe('Host 1');
    expect(root.textContent).toContain('One thing is blocked');
    expect(root.querySelector('.muted-checks')?.textContent).toContain('Muted (1)');
    await click(button(root.querySelector('#check-a')!, 'Mute'));
    expect(updates()).toEqual([{ mutedChecks: ['b', 'a'] }]);
  });

  it('count again when they are wanted back', async () => {
    const { root } = await open(state(['b', 'a']));
    expect(note(root)).toBe('Host');
    expect(root.textContent).toContain('Nothing is blocked');
    await click(button(root.querySelector('#check-a')!, 'Count it again'));
    expect(updates()).toEqual([{ mutedChecks: ['b'] }]);
  });

  it('are shown alone where they need a look', async () => {
    const { root } = await open(state([]));
    expect(root.querySelector('#check-c')).not.toBeNull();
    await click(
      [...root.querySelectorAll('.seg button')].find((b) => /needs a look/.test(b.textContent)),
    );
    expect(root.querySelector('#check-c')).toBeNull();
    expect(root.querySelector('#check-a')).not.toBeNull();
  });
});
