// The runtime of the program opens a tap that belongs to the user, with koffi's native part alone beside it, as the
// package lays it out; no installed module is in reach, and the runtime has no rights of its own.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { electronBinary, root } from '../fixtures/electron-binary.ts';
import { expect, test } from '../fixtures/world.ts';
import { asRoot, interfaces, untouched } from './own-host.ts';

const native = `node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`;
const program = `
import { readFileSync } from 'node:fs';
const [, , resources, ...names] = process.argv;
Object.defineProperty(process, 'resourcesPath', { value: resources });
const { openTap } = await import('./tap.mjs');
const opened = names.map((name) => {
  try {
    return readFileSync('/proc/self/fdinfo/' + openTap(name), 'utf8');
  } catch (error) {
    return error.error.params.reason;
  }
});
console.log(JSON.stringify({ electron: process.versions.electron, opened }));
`;

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pvk-'));
  asRoot([
    { verb: 'bridge.create', bridge: 'pvb-tap' },
    { verb: 'tap.create', tap: 'pvt-mine', bridge: 'pvb-tap' },
  ]);
});
test.afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  asRoot([{ verb: 'undo.all' }]);
  expect(await interfaces()).toEqual(untouched);
});

test('a tap of the user’s is opened, another is refused', async () => {
  const resources = join(folder, 'resources');
  mkdirSync(join(resources, 'koffi'), { recursive: true });
  copyFileSync(join(root, native), join(resources, 'koffi/koffi.node'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['koffi'] },
    build: {
      ssr: 'electron/process/tap.ts',
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'tap.mjs' } },
    },
  });
  writeFileSync(join(folder, 'open.mjs'), program);
  const args = [join(folder, 'open.mjs'), resources, 'pvt-mine', 'nothere0'];
  const env = { PATH: process.env['PATH'], ELECTRON_RUN_AS_NODE: '1' };
  const said = execFileSync(electronBinary(), args, { env, cwd: folder, encoding: 'utf8' });
  const { electron, opened } = JSON.parse(said) as { electron: string; opened: readonly string[] };
  expect(electron).toMatch(/^\d+\./);
  expect(opened[0]).toMatch(/^iff:\s*pvt-mine$/m);
  expect(opened[1]).toBe('It is not there, or it belongs to somebody else.');
});
