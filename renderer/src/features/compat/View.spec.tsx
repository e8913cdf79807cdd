// The matrix by keyboard, its filters, what a cell explains, and what a machine uses.
import { describe, expect, it } from 'vitest';
import { toDriverId, toEngineId } from '../../../../shared/model/brand.ts';
import type { CompatCell, CompatRow } from '../../../../shared/model/compat-table.ts';
import type { EngineFact } from '../../../../shared/model/compat.ts';
import { text } from '../../../../shared/model/text.ts';
import type { AppState } from '../../../../shared/state/app-state.ts';
import { useUi } from '../../state/ui-store.ts';
import { onePage } from '../../testing/one-page.tsx';
import { button, click, fill, idOf, press, stateOf, vmOf } from '../../testing/world.tsx';
import { CompatView } from './View.tsx';
import { columnsOf, filterRows, noFilter, sourcesOf } from './table.ts';

const backend = (engine: string) => ({ driver: toDriverId('fake'), engine: toEngineId(engine) });
const cell = (engine: string, verdict: CompatCell['verdict'], more: Partial<CompatCell> = {}) => ({
  backend: backend(engine),
  verdict,
  standing: 'read' as const,
  ...more,
});
const row = (
  id: string,
  group: CompatRow['group'],
  title: CompatRow['title'],
  cells: readonly CompatCell[],
  isWanted = false,
): CompatRow => ({
  id,
  group,
  title,
  isWanted,
  source: 'https://example.org/a; the manual',
  cells: [...cells],
});
const why = text('table.why.pciRemoved');
const rows: readonly CompatRow[] = [
  row('usb', 'devices', text('table.row.usb'), [
    cell('fast', 'needs', {
      remedy: { label: text('host.remedy.lookAgain'), command: 'make it so', needs: ['root'] },
    }),
    cell('soft', 'yes'),
  ]),
  row(
    'net.nat',
    'networks',
    text('table.row.nat'),
    [cell('fast', 'yes'), cell('soft', 'yes')],
    true,
  ),
  row('pci', 'devices', text('table.row.pci'), [
    cell('fast', 'no', { sentence: why }),
    cell('soft', 'unknown'),
  ]),
];
const fact = (engine: string, standing: EngineFact['standing']): EngineFact => ({
  ...backend(engine),
  standing,
  reason: text('decision.because.kvmAbsent'),
  confidence: 'documented',
  checkIds: [],
  isForced: false,
});
const state: AppState = {
  ...stateOf(vmOf(1, 'router')),
  engines: { 'fake/fast': fact('fast', 'unusable'), 'fake/soft': fact('soft', 'usable') },
};

const show = onePage();

const Page = () => {
  const page = useUi((s) => s.page);
  return <CompatView vm={page.kind === 'compatibility' ? page.vm : undefined} />;
};
const open = async () => {
  const world = await show.open(<Page />, state, {
    'compat.table': ({ id }: { id?: string }) => ({
      rows: rows.map((one) => ({ ...one, isWanted: one.isWanted && id !== undefined })),
    }),
  });
  const { root } = world;
  const at = (r: number, c: number) => {
    const found = root.querySelector<HTMLElement>(`[data-row="${r}"][data-column="${c}"]`);
    if (!found) throw new Error(`no cell ${r}/${c}`);
    return found;
  };
  return { ...world, at, panel: () => root.querySelector('.mx-panel') };
};
const titles = (root: ParentNode) =>
  [...root.querySelectorAll('.mx-title')].map((th) => th.textContent);
const focused = () => {
  const { row: r, column } = (document.activeElement as HTMLElement).dataset;
  return `${r}/${column}`;
};

describe('compatibility page', () => {
  it('is grouped, networks first, and says every verdict in words', async () => {
    const { root, at } = await open();
    expect(titles(root)).toEqual(['NAT for one machine', expect.any(String), expect.any(String)]);
    expect(at(0, 0).textContent).toBe('Yes');
    expect(at(1, 0).textContent).toBe('Needs a step');
    expect(at(2, 0).textContent).toBe('No');
    expect(at(2, 1).textContent).toBe('Not tested');
  });

  it('has one tab stop; arrows, Home, End and letters move inside', async () => {
    const { root, at } = await open();
    expect(root.querySelectorAll('.mx [tabindex="0"]')).toHaveLength(1);
    at(0, 0).focus();
    const go = async (key: string, init: KeyboardEventInit = {}) => {
      await press(document.activeElement!, key, init);
      return focused();
    };
    expect(await go('ArrowDown')).toBe('1/0');
    expect(await go('ArrowRight')).toBe('1/1');
    expect(await go('ArrowRight')).toBe('1/1');
    expect(await go('End', { ctrlKey: true })).toBe('2/1');
    expect(await go('Home', { ctrlKey: true })).toBe('-1/0');
    expect(await go('ArrowUp')).toBe('-1/0');
    expect(await go('n')).toBe('0/0');
    expect(root.querySelectorAll('.mx [tabindex="0"]')).toHaveLength(1);
  });

  it('Enter explains, arrows go on explaining, Escape closes', async () => {
    const { at, panel } = await open();
    at(2, 0).focus();
    await press(at(2, 0), 'Enter');
    expect(panel()?.textContent).toContain('No');
    expect(at(2, 0).getAttribute('aria-selected')).toBe('true');
    await press(at(2, 0), 'ArrowUp');
    expect(panel()?.textContent).toContain('Needs a step');
    expect(panel()?.textContent).toContain('make it so');
    expect(panel()?.textContent).toContain('Needs administrator rights.');
    await press(at(1, 0), 'Escape');
    expect(panel()).toBeNull();
  });

  it('a click explains with source and how it is known', async () => {
    const { at, panel, calls } = await open();
    await click(at(0, 1));
    expect(panel()?.textContent).toContain('Works on Fake in software.');
    expect(panel()?.textContent).toContain('not tried on this computer');
    await click(panel() && button(panel()!, 'example.org/a'));
    expect(calls).toContainEqual(['app.openExternal', { url: 'https://example.org/a' }]);
    await click(panel() && button(panel()!, 'Close'));
    expect(panel()).toBeNull();
    expect(focused()).toBe('0/1');
  });

  it('the head of a column says how the engine stands and why', async () => {
    const { at, panel } = await open();
    expect(at(-1, 0).textContent).toContain('Not usable');
    await click(at(-1, 0));
    expect(panel()?.textContent).toContain('Because this computer offers no KVM.');
  });

  it('the search narrows, also by explanation, and offers the way back', async () => {
    const { root } = await open();
    const search = root.querySelector('[data-search]');
    await fill(search, 'nat');
    expect(titles(root)).toEqual(['NAT for one machine']);
    await fill(search, 'zzz');
    expect(root.textContent).toContain('No feature matches.');
    await click(button(root, 'Clear filter'));
    expect(titles(root)).toHaveLength(3);
  });

  it('for one machine marks what it uses and can show only that', async () => {
    const { root, calls } = await open();
    useUi.setState({ page: { kind: 'compatibility', vm: idOf(1) } });
    await expect
      .poll(() => calls.some(([, args]) => (args as { id?: string }).id === idOf(1)))
      .toBe(true);
    await click(root.querySelectorAll('[role="checkbox"]')[1]);
    expect(titles(root)).toEqual(['NAT for one machineUsed']);
  });
});

describe('rows of the table', () => {
  it('differ only between engines that can be used, where there are two of them', () => {
    const only = { ...noFilter, onlyDiffering: true };
    const ids = (isUsable: (engine: string) => boolean) =>
      filterRows(rows, only, ({ engine }) => isUsable(engine)).map(({ id }) => id);
    expect(ids(() => true)).toEqual(['usb', 'pci']);
    expect(ids((engine) => engine === 'soft')).toEqual(['usb', 'pci']);
    const third = rows.map((r) => ({ ...r, cells: [...r.cells, cell('third', 'yes')] }));
    expect(filterRows(third, only, ({ engine }) => engine !== 'fast').map(({ id }) => id)).toEqual([
      'pci',
    ]);
  });

  it('name every backend once, in the order of the cells', () => {
    expect(columnsOf(rows).map(({ engine }) => engine)).toEqual(['fast', 'soft']);
  });

  it('have sources, some of them links', () => {
    expect(sourcesOf('https://example.org/a; the manual, ch. 6')).toEqual([
      { text: 'example.org/a', url: 'https://example.org/a' },
      { text: 'the manual, ch. 6', url: undefined },
    ]);
  });
});
