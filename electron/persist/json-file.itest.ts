// What only an ordinary user can show: root may write anywhere.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { isFailure } from '../../shared/contract/errors.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from './json-file.ts';

const schema = z.looseObject({ version: z.literal(1), name: z.string() });

it('a read-only folder fails typed and loses nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pv-'));
  const file: JsonFile<z.infer<typeof schema>> = {
    path: join(folder, 'doc.json'),
    schema,
    version: 1,
  };
  try {
    await writeJsonFile(file, { version: 1, name: 'kept' });
    await chmod(folder, 0o500);
    const error: unknown = await writeJsonFile(file, { version: 1, name: 'lost' }).catch(
      (e: unknown) => e,
    );
    expect(isFailure(error, 'persist/read-only')).toBe(true);
    expect(await readJsonFile(file)).toMatchObject({ value: { name: 'kept' } });
  } finally {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  }
});
