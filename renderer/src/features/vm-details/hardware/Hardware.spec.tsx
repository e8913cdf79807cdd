import { act } from 'react';
import { describe, expect, it } from 'vitest';
import { useAppStore } from '../../../state/app-store.ts';
import { onePage } from '../../../testing/one-page.tsx';
import {
  button,
  click,
  fill,
  idOf,
  inputOf,
  press,
  stateOf,
  vmOf,
} from '../../../testing/world.tsx';
import { HardwareOf } from './testing/hardware-of.tsx';

const page = onePage();

const open = (power: 'off' | 'running' | 'saved') =>
  page.open(<HardwareOf id={idOf(1)} />, stateOf(vmOf(1, 'a', power)), {
    'vm.edit': () => ({ appliesAt: power === 'off' ? 'now' : 'nextStart' }),
  });

describe('hardware tab', () => {
  it('collects changes and sends one edit', async () => {
    const { root, calls } = await open('off');
    await fill(inputOf(root, 'Processors'), '3');
    await fill(inputOf(root, 'Memory'), '1024');
    expect(calls.filter(([channel]) => channel === 'vm.edit')).toEqual([]);
    await click(button(root, 'Apply'));
    const edits = calls.filter(([channel]) => channel === 'vm.edit');
    expect(edits).toHaveLength(1);
    expect(edits[0]?.[1]).toMatchObject({ id: idOf(1), config: { vcpus: 3, memory: 1024 } });
  });

  it.each([
    ['Processors', '0', '1 to 8 are possible.'],
    ['Processors', '9', '1 to 8 are possible.'],
    ['Memory', '999999', 'This computer has only 4 GiB.'],
  ])('%s of %s is refused in words', async (label, value, sentence) => {
    const { root } = await open('off');
    await fill(inputOf(root, label), value);
    expect(root.querySelector('.help.bad')?.textContent).toBe(sentence);
    expect(button(root, 'Apply')?.disabled).toBe(true);
  });

  it('says that a change of a running machine waits for the next start', async () => {
    const { root } = await open('running');
    await fill(inputOf(root, 'Processors'), '2');
    expect(root.querySelector('.hw-foot')?.textContent).toContain('at the next start');
  });

  it('ejects from a running machine at once, without a draft', async () => {
    const { root, calls } = await open('running');
    await click(button(root, 'Eject install.iso'));
    expect(calls).toContainEqual(['vm.changeMedium', { id: idOf(1), drive: 'cd0', path: null }]);
    expect(button(root, 'Apply')?.disabled).toBe(true);
  });

  it('adds a forward to a running machine at once and judges it first', async () => {
    const { root, calls } = await open('running');
    await click(button(root, 'Forward a port'));
    await fill(inputOf(root, 'Port here'), '80');
    expect(root.textContent).toContain('Ports below 1024 need administrator rights.');
    expect(button(root, 'Add')?.disabled).toBe(true);
    await fill(inputOf(root, 'Port here'), '8080');
    await click(button(root, 'Add'));
    expect(calls.find(([channel]) => channel === 'vm.addForward')?.[1]).toMatchObject({
      nic: 'nic0',
      forward: { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 22 },
    });
  });

  it('Enter in a field of a new forward adds it, and leaves the draft of the machine alone', async () => {
    const { root, calls } = await open('running');
    await fill(inputOf(root, 'Processors'), '2');
    await click(button(root, 'Forward a port'));
    await press(inputOf(root, 'Guest port')!, 'Enter');
    expect(calls.filter(([channel]) => channel === 'vm.addForward')).toHaveLength(1);
    expect(calls.filter(([channel]) => channel === 'vm.edit')).toEqual([]);
    expect(button(root, 'Apply')?.disabled).toBe(false);
  });

  it('keeps a live change that arrives while a draft is open', async () => {
    const { root, calls } = await open('running');
    await fill(inputOf(root, 'Processors'), '2');
    const vm = vmOf(1, 'a', 'running');
    const nics = vm.definition.config.nics.map((nic) => ({ ...nic, isCableConnected: false }));
    const changed = {
      ...vm,
      definition: { ...vm.definition, config: { ...vm.definition.config, nics } },
    };
    await act(async () => useAppStore.setState({ state: stateOf(changed) }));
    await click(button(root, 'Apply'));
    expect(calls.find(([channel]) => channel === 'vm.edit')?.[1]).toMatchObject({
      config: { vcpus: 2, nics: [{ isCableConnected: false }] },
    });
  });

  it('a saved machine keeps its hardware', async () => {
    const { root } = await open('saved');
    expect(root.querySelector('fieldset')?.disabled).toBe(true);
    expect(root.textContent).toContain('discard the saved state');
  });
});
