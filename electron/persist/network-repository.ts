// The networks people made: data/networks.json, one document. A row that cannot be read is kept in the file as it is
// and reported; the others are there nevertheless.
import { join } from 'node:path';
import { z } from 'zod';
import { failure, type AppError } from '../../shared/contract/errors.ts';
import { networkSchema, type Network } from '../../shared/model/networks.ts';
import { persistFailure, readJsonFile, writeJsonFile, type JsonFile } from './json-file.ts';

const documentSchema = z.looseObject({ version: z.literal(1), networks: z.array(z.unknown()) });
type Document = z.infer<typeof documentSchema>;

export interface LoadedNetworks {
  readonly networks: readonly Network[];
  readonly problems: readonly AppError[];
}

export interface NetworkRepository {
  /** Never rejects. */
  readonly load: () => Promise<LoadedNetworks>;
  /** Replaces all. Rejects with `persist/*`; the former content stays. */
  readonly save: (networks: readonly Network[]) => Promise<void>;
}

export const createNetworkRepository = (dataDir: string): NetworkRepository => {
  const file: JsonFile<Document> = {
    path: join(dataDir, 'networks.json'),
    schema: documentSchema,
    version: 1,
  };
  const { path } = file;
  let document: Document = { version: 1, networks: [] };
  let unread: readonly unknown[] = [];
  /** Set: the file is not ours to write (a newer program's, or unreadable). */
  let obstacle: (() => Error) | undefined;
  let writing: Promise<void> = Promise.resolve();

  const take = (value: Document): LoadedNetworks => {
    document = value;
    const networks: Network[] = [];
    const problems: AppError[] = [];
    const rest: unknown[] = [];
    for (const row of value.networks) {
      const parsed = networkSchema.safeParse(row);
      if (parsed.success) networks.push(parsed.data);
      else {
        rest.push(row);
        const reason = parsed.error.issues[0]?.message ?? '';
        problems.push(failure('persist/failed', { path, reason }).error);
      }
    }
    unread = rest;
    return { networks, problems };
  };

  const load = async (): Promise<LoadedNetworks> => {
    try {
      const outcome = await readJsonFile(file);
      switch (outcome.kind) {
        case 'absent':
          return { networks: [], problems: [] };
        case 'read':
          return take(outcome.value);
        case 'recovered':
        case 'damaged': {
          const corrupt = failure('persist/corrupt', { path, keptAs: outcome.keptAs }).error;
          const { networks, problems } =
            outcome.kind === 'recovered' ? take(outcome.value) : { networks: [], problems: [] };
          return { networks, problems: [corrupt, ...problems] };
        }
        case 'newer': {
          const { version } = outcome;
          obstacle = () => failure('persist/newer-version', { path, version, known: 1 });
          return {
            networks: [],
            problems: [failure('persist/newer-version', { path, version, known: 1 }).error],
          };
        }
      }
    } catch (error) {
      obstacle = () => persistFailure(path, error);
      return { networks: [], problems: [persistFailure(path, error).error] };
    }
  };

  const write = async (networks: readonly Network[]): Promise<void> => {
    if (obstacle) throw obstacle();
    const next = { ...document, networks: [...networks, ...unread] };
    await writeJsonFile(file, next);
    document = next;
  };

  return {
    load,
    save: (networks) => {
      const done = writing.then(() => write(networks));
      writing = done.catch(() => undefined);
      return done;
    },
  };
};
