// Calls of the C library that Node has none for, through koffi, which is loaded when it is first needed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type koffi from 'koffi';

type Koffi = typeof koffi;

/** The package carries koffi's native part alone, beside the program; elsewhere it is an installed module. */
const loadKoffi = (): Koffi => {
  const load = createRequire(import.meta.url);
  const { resourcesPath = '' } = process as { readonly resourcesPath?: string };
  const packaged = join(resourcesPath, 'koffi', 'koffi.node');
  return load(resourcesPath !== '' && existsSync(packaged) ? packaged : 'koffi') as Koffi;
};

export interface CLibrary {
  readonly func: (prototype: string) => (...args: readonly unknown[]) => unknown;
  /** Name of the error that the last call ended with: `EPERM`. */
  readonly lastError: () => string;
}

/** Throws where koffi cannot be loaded. */
export const cLibrary = (): CLibrary => {
  const native = loadKoffi();
  const library = native.load('libc.so.6');
  return {
    func: (prototype) => library.func(prototype),
    lastError: () => {
      const errno = native.errno();
      const found = Object.entries(native.os.errno).find(([, number]) => number === errno);
      return found?.[0] ?? `error ${errno}`;
    },
  };
};
