// Runs a program under an X server of its own: node with-display.mjs PROGRAM ARGUMENT...
import { spawn } from 'node:child_process';
import process from 'node:process';
import { startXvfb } from '../../build/setup/display.mjs';

const [file = '', ...args] = process.argv.slice(2);
const xvfb = await startXvfb();
const child = spawn(file, args, {
  env: { ...process.env, DISPLAY: xvfb.display },
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`${file}: ${error.message}`);
  process.exitCode = 127;
});
child.on('close', (code) => {
  process.exitCode ??= code ?? 1;
  void xvfb.stop();
});
