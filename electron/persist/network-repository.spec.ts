import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFailure } from '../../shared/contract/errors.ts';
import { toNetworkId, type Network } from '../../shared/model/networks.ts';
import { createNetworkRepository } from './network-repository.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nr-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lab: Network = {
  id: toNetworkId('lab'),
  name: 'Lab',
  kind: 'internal',
  isEnabled: true,
  reservations: [],
  dnsNames: [],
  forwards: [],
  vlans: [],
  mayReachHost: false,
};
const path = (): string => join(dir, 'networks.json');

describe('networks on disk', () => {
  it('come back as they were saved, with keys we do not know', async () => {
    const unknown = { ...lab, colour: 'green' };
    await createNetworkRepository(dir).save([unknown]);
    expect(await createNetworkRepository(dir).load()).toEqual({
      networks: [unknown],
      problems: [],
    });
  });

  it('a row that cannot be read is reported and stays in the file', async () => {
    const odd = { id: 'odd', kind: 'quantum' };
    writeFileSync(path(), JSON.stringify({ version: 1, networks: [lab, odd] }));
    const repository = createNetworkRepository(dir);
    const loaded = await repository.load();
    expect(loaded.networks).toEqual([lab]);
    expect(loaded.problems.map(({ code }) => code)).toEqual(['persist/failed']);
    await repository.save([{ ...lab, name: 'Other' }]);
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({
      networks: [{ name: 'Other' }, odd],
    });
  });

  it('a damaged file is kept aside and told', async () => {
    writeFileSync(path(), '{ "version": 1, ');
    const loaded = await createNetworkRepository(dir).load();
    expect(loaded.problems.map(({ code }) => code)).toEqual(['persist/corrupt']);
    expect(readdirSync(dir).some((name) => name.includes('.corrupt-'))).toBe(true);
  });

  it('the backup of a damaged file is used', async () => {
    const repository = createNetworkRepository(dir);
    await repository.save([lab]);
    await repository.save([{ ...lab, name: 'Second' }]);
    writeFileSync(path(), 'broken');
    const loaded = await createNetworkRepository(dir).load();
    expect(loaded.networks).toEqual([lab]);
    expect(loaded.problems).toHaveLength(1);
  });

  it('the file of a newer program is never written', async () => {
    const newer = JSON.stringify({ version: 2, networks: [] });
    writeFileSync(path(), newer);
    const repository = createNetworkRepository(dir);
    expect((await repository.load()).problems[0]?.code).toBe('persist/newer-version');
    const refused = await repository.save([lab]).catch((error: unknown) => error);
    expect(isFailure(refused, 'persist/newer-version')).toBe(true);
    expect(readFileSync(path(), 'utf8')).toBe(newer);
  });
});
