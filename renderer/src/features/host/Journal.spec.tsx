import { afterEach, describe, expect, it } from 'vitest';
import { toEpochMs, toJobId } from '../../../../shared/model/brand.ts';
import type { HostChange } from '../../../../shared/model/network-plan.ts';
import { text } from '../../../../shared/model/text.ts';
import { button, click, mount, stateOf, type World } from '../../testing/world.tsx';
import { Journal } from './Journal.tsx';

let world: World | undefined;
afterEach(async () => {
  await world?.unmount();
  world = undefined;
});

const change = (id: string, at: number, standing: HostChange['standing']): HostChange => ({
  id,
  at: toEpochMs(at),
  what: text('network.step.bridgeCreate', { bridge: `pv-${id}` }),
  why: text('network.why.setUp', { network: id }),
  request: { verb: 'bridge.create', bridge: `pv-${id}` },
  undo: { verb: 'bridge.remove', bridge: `pv-${id}` },
  standing,
});
const job = () => ({ job: toJobId('00000000-0000-4000-8000-000000000009') });
const open = async (...rows: readonly HostChange[]): Promise<HTMLElement> => {
  world = await mount(
    <Journal />,
    { ...stateOf(), hostChanges: Object.fromEntries(rows.map((row) => [row.id, row])) },
    { 'network.undo': job, 'network.undoAll': job },
  );
  return world.root;
};
const channels = (): readonly string[] => (world?.calls ?? []).map(([channel]) => channel);

describe('the journal of changes to this computer', () => {
  it('tells what, why and how it stands, newest first, and undoes one', async () => {
    const root = await open(change('a', 1, 'applied'), change('b', 2, 'undone'));
    const lines = [...root.querySelectorAll('.journal-line')];
    expect(lines.map((line) => line.textContent)).toMatchObject([
      expect.stringMatching(/^UndoneMake the bridge pv-b\.Setting up the network b/),
      expect.stringMatching(/^In placeMake the bridge pv-a\.Setting up the network a/),
    ]);
    expect(button(lines[0]!, 'Undo')).toBeUndefined();
    await click(button(lines[1]!, 'Undo'));
    expect(world?.calls).toContainEqual(['network.undo', { change: 'a' }]);
  });

  it('undoes all only after a question', async () => {
    const root = await open(change('a', 1, 'applied'));
    await click(button(root, 'Undo all'));
    expect(channels()).not.toContain('network.undoAll');
    const dialog = document.querySelector('.dlg')!;
    expect(dialog.textContent).toContain('Running machines that use them lose their network.');
    await click(button(dialog, 'Undo all'));
    expect(channels()).toContain('network.undoAll');
  });

  it('is not there while nothing was changed', async () => {
    expect((await open()).textContent).toBe('');
  });
});
