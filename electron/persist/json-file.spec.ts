import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isFailure } from '../../shared/contract/errors.ts';
import { persistFailure, readJsonFile, writeJsonFile, type JsonFile } from './json-file.ts';

const schema = z.looseObject({ version: z.literal(2), name: z.string() });
type Doc = z.infer<typeof schema>;

let folder: string;
let file: JsonFile<Doc>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pv-'));
  file = {
    path: join(folder, 'doc.json'),
    schema,
    version: 2,
    migrations: { 1: (old) => ({ ...old, version: 2, name: `${String(old['title'])}` }) },
  };
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('JSON files', () => {
  it('keep unknown keys through a round trip', async () => {
    await writeJsonFile(file, { version: 2, name: 'a', later: { deep: [1] } });
    const outcome = await readJsonFile(file);
    expect(outcome).toEqual({
      kind: 'read',
      value: { version: 2, name: 'a', later: { deep: [1] } },
    });
  });

  it('are migrated step by step', async () => {
    await writeFile(file.path, '{"version":1,"title":"old"}');
    expect(await readJsonFile(file)).toMatchObject({ kind: 'read', value: { name: 'old' } });
  });

  it('keep the former content as backup and recover from it', async () => {
    await writeJsonFile(file, { version: 2, name: 'first' });
    await writeJsonFile(file, { version: 2, name: 'second' });
    await writeFile(file.path, '{"version":2,"na');
    const outcome = await readJsonFile(file);
    expect(outcome).toMatchObject({ kind: 'recovered', value: { name: 'first' } });
    const names = await readdir(folder);
    expect(names.some((name) => name.includes('.corrupt-'))).toBe(true);
    expect(await readJsonFile(file)).toMatchObject({ kind: 'read', value: { name: 'first' } });
  });

  it('that are damaged without a backup are kept aside and reported', async () => {
    await writeFile(file.path, 'garbage');
    const outcome = await readJsonFile(file);
    expect(outcome.kind).toBe('damaged');
    if (outcome.kind !== 'damaged') return;
    expect(await readFile(outcome.keptAs, 'utf8')).toBe('garbage');
  });

  it('from a newer program stay untouched', async () => {
    await writeFile(file.path, '{"version":9}');
    expect(await readJsonFile(file)).toEqual({ kind: 'newer', version: 9 });
    expect(await readFile(file.path, 'utf8')).toBe('{"version":9}');
  });

  it('leave no temporary file behind when the target cannot be replaced', async () => {
    const blocked: JsonFile<Doc> = { ...file, path: join(folder, 'doc.json', 'below') };
    await writeFile(file.path, '{}');
    const error: unknown = await writeJsonFile(blocked, { version: 2, name: 'x' }).catch(
      (e: unknown) => e,
    );
    expect(isFailure(error)).toBe(true);
    expect(await readdir(folder)).toEqual(['doc.json']);
  });

  it('a full disk is named as such', () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    expect(persistFailure('/x', full).error.code).toBe('persist/disk-full');
  });
});
