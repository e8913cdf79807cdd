// The folder of one service end: its files and sockets, all of them short enough for socket paths.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkId } from '../../../shared/model/networks.ts';
import { endLeftBehind } from './children.ts';

/** Survives an unexpected end, so that forwards find their machines again; gone after `remove`. */
export const leasesFile = 'leases';

export interface ServiceFolder {
  readonly path: string;
  readonly file: (name: string) => string;
  /** Removes everything but the leases. */
  readonly clear: () => void;
  readonly remove: () => void;
}

/** Makes the folder, or takes it over from a process that died: what that left running is ended. */
export const openServiceFolder = (runtimeDir: string, id: NetworkId): ServiceFolder => {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 10);
  const path = join(runtimeDir, `n-${hash}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const clear = (): void => {
    for (const name of readdirSync(path))
      if (name !== leasesFile) rmSync(join(path, name), { recursive: true, force: true });
  };
  endLeftBehind(path);
  clear();
  return {
    path,
    file: (name) => join(path, name),
    clear,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
};
