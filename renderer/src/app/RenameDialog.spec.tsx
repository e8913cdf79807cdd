import { afterEach, describe, expect, it } from 'vitest';
import { button, click, fill, idOf, mount, stateOf, vmOf, type World } from '../testing/world.tsx';
import { RenameDialog } from './RenameDialog.tsx';

let world: World | undefined;
afterEach(async () => {
  await world?.unmount();
  world = undefined;
});

const open = async () => {
  world = await mount(
    <RenameDialog id={idOf(1)} />,
    stateOf(vmOf(1, 'Debian'), vmOf(2, 'Straße')),
    { 'vm.edit': () => ({ appliesAt: 'now' }) },
  );
  return { calls: world.calls, input: document.querySelector('.dlg input') };
};
const rename = () => button(document, 'Rename');

describe('name of a machine', () => {
  it.each([
    ['', 'Give the machine a name.'],
    ['   ', 'Give the machine a name.'],
    ['a/b', 'A name has no slashes and is not only dots.'],
    ['..', 'A name has no slashes and is not only dots.'],
    ['x'.repeat(81), 'A name has 80 characters at most.'],
    ['STRASSE'.replace('SS', 'ß'), 'Another machine has this name.'],
    ['a\u202eb', 'Line breaks and invisible characters are not possible in a name.'],
  ])('%j is refused in words', async (name, sentence) => {
    const { input } = await open();
    await fill(input, name);
    expect(document.querySelector('.help.bad')?.textContent).toBe(sentence);
    expect(rename()?.disabled).toBe(true);
  });

  it.each(['Debian', 'Ärzte · 日本', '🐧'])('%j is accepted', async (name) => {
    const { input, calls } = await open();
    await fill(input, name);
    expect(document.querySelector('.help.bad')).toBeNull();
    await click(rename());
    expect(calls).toEqual([['vm.edit', { id: idOf(1), name }]]);
  });
});
