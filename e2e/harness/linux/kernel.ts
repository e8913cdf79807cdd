// Debian's cloud kernel for test guests: its image, and kernel modules with what they depend on.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unpackedPackage } from './debian-package.mjs';

export interface KernelPackage {
  readonly image: string;
  readonly release: string;
  /** Files of the modules and of all they depend on, in the order in which to load them. */
  readonly modules: (names: readonly string[]) => Promise<readonly string[]>;
}

const plain = (name: string): string => name.replaceAll('-', '_');

/** The `depends=` field of a module's .modinfo section. */
const dependsOf = async (file: string): Promise<readonly string[]> => {
  const content = await readFile(file);
  const at = content.indexOf('\0depends=');
  if (at < 0) return [];
  const from = at + '\0depends='.length;
  const words = content.toString('latin1', from, content.indexOf(0, from));
  return words.split(',').filter((word) => word !== '');
};

export const debianKernel = async (): Promise<KernelPackage> => {
  const folder = await unpackedPackage('linux-image-cloud-amd64', true);
  // Debian 12 has /lib/modules, later releases /usr/lib/modules.
  const modulesRoot = ['lib/modules', 'usr/lib/modules']
    .map((path) => join(folder, path))
    .find((path) => existsSync(path));
  const release = modulesRoot && (await readdir(modulesRoot))[0];
  if (!modulesRoot || release === undefined) throw new Error(`no kernel modules in ${folder}`);
  const files = await readdir(join(modulesRoot, release, 'kernel'), { recursive: true });
  const byName = new Map(
    files
      .filter((file) => file.endsWith('.ko'))
      .map((file) => [plain(basename(file, '.ko')), join(modulesRoot, release, 'kernel', file)]),
  );
  const builtin = new Set(
    (await readFile(join(modulesRoot, release, 'modules.builtin'), 'utf8'))
      .split('\n')
      .map((line) => plain(basename(line, '.ko'))),
  );
  const modules = async (names: readonly string[]): Promise<readonly string[]> => {
    const ordered = new Set<string>();
    const add = async (name: string): Promise<void> => {
      const file = byName.get(plain(name));
      if (file === undefined) {
        if (builtin.has(plain(name))) return;
        throw new Error(`the kernel ${release} has no module ${name}`);
      }
      if (ordered.has(file)) return;
      for (const needed of await dependsOf(file)) await add(needed);
      ordered.add(file);
    };
    for (const name of names) await add(name);
    return [...ordered];
  };
  return { image: join(folder, 'boot', `vmlinuz-${release}`), release, modules };
};
