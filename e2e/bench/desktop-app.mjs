// Starts an Electron app on a display the way a person does, and ends it with all its processes.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTree } from './process-tree.mjs';

const isRoot = process.getuid?.() === 0;
// The same for every app that is compared. Chromium's sandbox does not run as root.
export const switches = ['--disable-gpu', ...(isRoot ? ['--no-sandbox'] : [])];

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** `before` are words before the app's folder. Returns {pid, startedAt, output, stop}; startedAt is performance.now() just before the spawn. */
export function startApp({ electron, folder, env, display, before = [] }) {
  const startedAt = performance.now();
  const child = spawn(electron, [...switches, ...before, folder], {
    env: { ...env, DISPLAY: display },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((done) => child.once('exit', done));
  return {
    pid: child.pid,
    startedAt,
    output: () => output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async stop() {
      const tree = processTree(child.pid);
      for (const pid of tree) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          continue; // Ended already.
        }
      }
      await Promise.race([ended, sleep(5000)]);
      for (let i = 0; i < 100 && tree.some(isAlive); i += 1) await sleep(20);
    },
  };
}
