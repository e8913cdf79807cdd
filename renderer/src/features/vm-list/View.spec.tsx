import { afterEach, describe, expect, it } from 'vitest';
import { findTyped } from '../../model/find-typed.ts';
import { useUi } from '../../state/ui-store.ts';
import { fill, idOf, mount, press, stateOf, vmOf, type World } from '../../testing/world.tsx';
import { listIntent } from './keys.ts';
import { VmListView } from './View.tsx';

let world: World | undefined;
afterEach(async () => {
  await world?.unmount();
  world = undefined;
});

const machines = stateOf(
  vmOf(1, 'beta', 'running'),
  vmOf(2, 'alpha'),
  vmOf(3, 'gamma 10'),
  vmOf(4, 'gamma 9', 'paused'),
);
const open = async () => {
  world = await mount(<VmListView />, machines, { 'vm.start': () => ({ job: 'j' }) });
  const grid = world.root.querySelector('[role="grid"]');
  if (!grid) throw new Error('no list');
  return { ...world, grid };
};
const selected = () => useUi.getState().selected;

describe('list of machines', () => {
  it('moves with arrows, Home and End in the order of the names', async () => {
    const { grid } = await open();
    await press(grid, 'ArrowDown');
    expect(selected()).toBe(idOf(2));
    await press(grid, 'ArrowDown');
    expect(selected()).toBe(idOf(1));
    await press(grid, 'End');
    expect(selected()).toBe(idOf(3));
    await press(grid, 'ArrowUp');
    expect(selected()).toBe(idOf(4));
    await press(grid, 'Home');
    expect(selected()).toBe(idOf(2));
  });

  it('Enter starts what is off and opens the console of what runs', async () => {
    const { grid, calls } = await open();
    await press(grid, 'Home');
    await press(grid, 'Enter');
    expect(calls).toEqual([['vm.start', { id: idOf(2) }]]);
    await press(grid, 'ArrowDown');
    await press(grid, 'Enter');
    expect(calls).toHaveLength(1);
    expect(useUi.getState().tab).toBe('console');
  });

  it('Space pauses and resumes', async () => {
    const { grid, calls } = await open();
    await press(grid, 'Home');
    await press(grid, 'ArrowDown');
    await press(grid, ' ');
    await press(grid, 'End');
    await press(grid, 'ArrowUp');
    await press(grid, ' ');
    expect(calls.map(([channel]) => channel)).toEqual(['vm.pause', 'vm.resume']);
  });

  it('letters find a name', async () => {
    const { grid } = await open();
    await press(grid, 'b');
    expect(selected()).toBe(idOf(1));
  });

  it('Delete and F2 open their dialogs', async () => {
    const { grid } = await open();
    await press(grid, 'Home');
    await press(grid, 'Delete');
    expect(useUi.getState().dialog).toEqual({ kind: 'delete', vm: idOf(2) });
    await press(grid, 'F2');
    expect(useUi.getState().dialog).toEqual({ kind: 'rename', vm: idOf(2) });
  });

  it('the search narrows the list and says so when nothing matches', async () => {
    const { root } = await open();
    const search = root.querySelector('[data-search]');
    await fill(search, 'gam 1');
    expect(root.querySelector('[role="grid"]')?.getAttribute('aria-rowcount')).toBe('1');
    await fill(search, 'zzz');
    expect(root.textContent).toContain('No machine matches.');
  });
});

describe('list keys', () => {
  it('a space inside a typed name is a letter', () => {
    const list = { index: 0, count: 2, pageSize: 5 };
    expect(listIntent({ key: ' ', hasModifier: false }, list, 'win')).toEqual({
      kind: 'type',
      text: 'win ',
    });
  });
  it('keys with a modifier are not for the list', () => {
    const list = { index: 0, count: 2, pageSize: 5 };
    expect(listIntent({ key: 'Home', hasModifier: true }, list, '').kind).toBe('none');
  });
  it('the same letter again goes on to the next name', () => {
    const names = ['arch', 'debian', 'dos', 'fedora'];
    expect(findTyped(names, 'd', -1)).toBe(1);
    expect(findTyped(names, 'dd', 1)).toBe(2);
    expect(findTyped(names, 'do', 1)).toBe(2);
    expect(findTyped(names, 'x', 0)).toBe(-1);
  });
});
