import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDefinition, testVmId } from '../../shared/testing/definition.ts';
import { createVmRepository, type VmRepository } from './vm-repository.ts';

let data: string;
let repository: VmRepository;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'pv-'));
  repository = createVmRepository(data);
});
afterEach(() => rm(data, { recursive: true }));

describe('VM repository', () => {
  it('an empty data folder has no VMs and no problems', async () => {
    expect(await repository.loadAll()).toEqual({ definitions: [], problems: [] });
  });

  it('a damaged vm.json is kept aside and reported while the other VMs load', async () => {
    for (const n of [1, 2, 3]) await repository.save(testDefinition(n));
    const damaged = join(repository.folder(testVmId(2)), 'vm.json');
    await writeFile(damaged, '{"version":1,"id":');
    const { definitions, problems } = await repository.loadAll();
    expect(definitions.map((d) => d.name).sort()).toEqual(['vm 1', 'vm 3']);
    expect(problems).toMatchObject([{ code: 'vm/definition-damaged' }]);
    const kept = (await readdir(repository.folder(testVmId(2)))).find((n) =>
      n.includes('.corrupt-'),
    );
    expect(kept).toBeDefined();
    expect(await readFile(join(repository.folder(testVmId(2)), kept ?? ''), 'utf8')).toContain(
      '"id":',
    );
  });

  it('a damaged vm.json with a good backup is recovered', async () => {
    await repository.save(testDefinition(1));
    await repository.save({ ...testDefinition(1), name: 'renamed' });
    await writeFile(join(repository.folder(testVmId(1)), 'vm.json'), '');
    const { definitions, problems } = await repository.loadAll();
    expect(definitions.map((d) => d.name)).toEqual(['vm 1']);
    expect(problems).toMatchObject([{ code: 'persist/corrupt' }]);
  });

  it('a copied folder never shares the original’s id', async () => {
    await repository.save(testDefinition(1));
    await mkdir(repository.folder(testVmId(9)), { recursive: true });
    const text = await readFile(join(repository.folder(testVmId(1)), 'vm.json'));
    await writeFile(join(repository.folder(testVmId(9)), 'vm.json'), text);
    const { definitions } = await repository.loadAll();
    expect(new Set(definitions.map((d) => d.id)).size).toBe(2);
  });

  it('folders that are no VM ids are left alone', async () => {
    await mkdir(join(data, 'vms', '..not-an-id'), { recursive: true });
    expect(await repository.loadAll()).toEqual({ definitions: [], problems: [] });
  });

  it('removing keeps disks that were not asked for', async () => {
    await repository.save(testDefinition(1));
    await writeFile(join(repository.folder(testVmId(1)), 'disk0.qcow2'), 'data');
    await repository.remove(testVmId(1));
    expect(await readdir(repository.folder(testVmId(1)))).toEqual(['disk0.qcow2']);
    await repository.save(testDefinition(2));
    await repository.remove(testVmId(2));
    expect(await readdir(join(data, 'vms'))).toEqual([testVmId(1)]);
  });
});
