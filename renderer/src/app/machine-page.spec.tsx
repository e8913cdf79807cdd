// The page of a machine: fallback, snapshots, and a machine its hypervisor cannot read.
import { act } from 'react';
import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../../../shared/model/brand.ts';
import { text } from '../../../shared/model/text.ts';
import { VmDetailsView } from '../features/vm-details/View.tsx';
import { button, click, stateOf } from '../testing/world.tsx';
import { dialog, onePage } from '../testing/one-page.tsx';
import { fast, id, soft, vmWith, withCapabilities } from '../testing/two-engines.tsx';
import { Dialogs } from './Dialogs.tsx';

const { open, callsOf } = onePage();
describe('the page of a machine', () => {
  const page = <VmDetailsView id={id} renderConsole={() => null} />;

  it('tells a fallback with both engines and the reason, and lets it be dismissed', async () => {
    const fallback = {
      from: fast,
      to: soft,
      reason: text('decision.because.kvmAbsent'),
      at: toEpochMs(1),
    };
    const { root } = await open(
      page,
      withCapabilities(stateOf(vmWith('running', { fallback })), {}),
    );
    const band = root.querySelector('.fallback');
    expect(band?.textContent).toContain('build started on Fake in software instead of Fake.');
    expect(band?.textContent).toContain('This computer offers no KVM.');
    await click(button(band!, 'Dismiss'));
    expect(callsOf('vm.dismissFallback')).toEqual([{ id }]);
  });

  it('has snapshots where the hypervisor has them, as a tree', async () => {
    const { useUi } = await import('../state/ui-store.ts');
    const snapshot = (name: string, at: number, more: object = {}) => ({
      id: name,
      name,
      description: '',
      takenAt: at,
      isCurrent: false,
      hasMemory: false,
      ...more,
    });
    const { root } = await open(
      page,
      withCapabilities(stateOf(vmWith('off')), { hasSnapshots: true }),
      {
        'vm.snapshots': () => ({
          snapshots: [
            snapshot('child', 3, { parent: 'first', isCurrent: true, hasMemory: true }),
            snapshot('second', 4),
            snapshot('first', 1),
          ],
        }),
      },
    );
    await act(async () => useUi.setState({ tab: 'snapshots' }));
    await expect.poll(() => root.querySelectorAll('.snap').length).toBe(3);
    const lines = [...root.querySelectorAll('.snap')];
    expect(lines.map((line) => line.querySelector('b')?.textContent)).toEqual([
      'first',
      'child',
      'second',
    ]);
    expect(lines[1]?.textContent).toContain('With memory');
    expect(lines[1]?.textContent).toContain('The present state began here');
  });

  it('shows no snapshots where there are none to show', async () => {
    const { root } = await open(page, stateOf(vmWith('off')));
    expect(root.textContent).not.toContain('Snapshots');
  });

  it('of a machine that cannot be read says why and invents no facts', async () => {
    const problem = {
      code: 'virtualbox/inaccessible' as const,
      params: { name: 'build', reason: 'Its file is gone.' },
      tried: [],
    };
    const { root } = await open(
      <>
        {page}
        <Dialogs />
      </>,
      stateOf(vmWith('damaged', { problem })),
      { 'vm.delete': () => ({ job: 'j' }) },
    );
    expect(root.textContent).toContain('Its file is gone.');
    expect(root.querySelector('.facts')).toBeNull();
    expect([...root.querySelectorAll('[role="tab"]')].map((tab) => tab.textContent)).toEqual([
      'Overview',
    ]);
    await click(button(root, 'Remove from the list…'));
    const box = await dialog();
    expect(box.textContent).toContain('Only the entry goes.');
    await click(button(box, 'Remove from the list'));
    expect(callsOf('vm.delete')).toEqual([{ id, withDisks: false }]);
  });
});
