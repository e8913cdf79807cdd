// Snapshots of a real VirtualBox: the tree, odd names, times, and which of them hold memory.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { realVirtualBox, type RealVirtualBox } from '../__fixtures__/real.ts';
import {
  definitionWith,
  launchInSoftware,
  noProgress,
  powerOff,
  realMachines,
  type RealMachines,
} from './__fixtures__/machine.ts';
import { createInventory } from './inventory.ts';
import { createSnapshots, parseSnapshotList } from './snapshots.ts';

let real: RealVirtualBox;
let machines: RealMachines;
beforeAll(async () => {
  real = await realVirtualBox();
  machines = realMachines(real);
});
afterAll(() => real?.dispose());

it('reads the tree with times, odd names and memory', async () => {
  const { id, ...rest } = definitionWith();
  await createInventory(machines).create({ id, ...rest }, machines.folder(id), noProgress);
  const snapshots = createSnapshots(machines);
  expect(await snapshots.list(id)).toEqual([]);
  const listed = (): Promise<string> =>
    real.manage.read(['snapshot', id, 'list', '--machinereadable']);
  const snapshot = (...words: readonly string[]): Promise<string> =>
    real.manage.change(['snapshot', id, ...words]);

  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  const since = Date.now();
  await snapshot('take', 'with <memory> ü', '--description', 'a "q"\n<b> & "\n', '--live');
  await powerOff(real, id);
  await snapshot('take', '-off "2"\nSnapshotName="x"');
  await snapshot('restore', 'with <memory> ü');
  await real.manage.change(['discardstate', id]);
  await snapshot('take', 'branch');
  await snapshot('take', 'leaf');

  const found = await snapshots.list(id);
  const [root, off, branch, leaf] = found;
  expect(found).toHaveLength(4);
  expect(root).toMatchObject({ name: 'with <memory> ü', hasMemory: true, isCurrent: false });
  expect(root?.description).toBe('a "q"\n<b> & "\n');
  expect(root).not.toHaveProperty('parent');
  expect(off).toMatchObject({ name: '-off "2"\nSnapshotName="x"', parent: root?.id });
  expect(off?.hasMemory).toBe(false);
  expect(branch).toMatchObject({ name: 'branch', parent: root?.id, isCurrent: false });
  expect(leaf).toMatchObject({ name: 'leaf', parent: branch?.id, isCurrent: true });
  for (const { takenAt } of found) {
    // VirtualBox keeps whole seconds.
    expect(takenAt).toBeGreaterThanOrEqual(since - 1000);
    expect(takenAt).toBeLessThanOrEqual(Date.now());
  }
  // The fallback knows the same tree.
  const fallback = parseSnapshotList(await listed());
  const tree = found.map((row) => [row.id, row.parent, row.isCurrent]);
  expect(fallback.map((row) => [row.id, row.parent, row.isCurrent])).toEqual(tree);
});
