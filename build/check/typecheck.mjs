// Type-checks every part, against the Electron that users get and the one the tests may run on.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

// What the others refer to comes first; the others then check side by side.
const checks = [
  [['all parts (Electron 45)', ['-b', 'tsconfig.json']]],
  [
    ['main process (Electron 33)', ['-p', 'tsconfig.electron-33.json']],
    ['tests', ['-p', 'tsconfig.tests.json']],
    ['build scripts', ['-p', 'tsconfig.build.json']],
  ],
];

if (!existsSync(tsc)) throw new Error('TypeScript is not installed. Run `npm start` once first.');

async function isClean([label, args]) {
  const code = await new Promise((done) => {
    spawn(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' }).on('close', done);
  });
  console.log(`Types, ${label}: ${code === 0 ? 'clean' : 'FAILED'}`);
  return code === 0;
}

for (const together of checks) {
  const results = await Promise.all(together.map(isClean));
  if (results.includes(false)) process.exitCode = 1;
}
