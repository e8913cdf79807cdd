// What the scripts that drive the core in plain Node share: its composition and a few waits.
import { join } from 'node:path';
import { createApp } from '../../electron/app.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { appPaths } from '../../electron/paths.ts';

/** Runs `work(app)` in a core of its own and prints its result as JSON. */
export async function withCore(resources, work) {
  const { env } = process;
  const paths = appPaths(env, resources);
  const app = createApp({ paths, log: silentLogger, shell: noShell, env });
  // A started QEMU does not keep this process alive, and neither does waiting for it.
  const alive = setInterval(() => undefined, 1000);
  try {
    await app.ready;
    process.stdout.write(`${JSON.stringify(await work(app))}\n`);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await app.dispose();
    clearInterval(alive);
  }
}

/** Resolves when the state is as `isSo` says. */
export function untilState(app, isSo) {
  return new Promise((done) => {
    if (isSo(app.store.getState())) return done(undefined);
    const stop = app.store.subscribe((state) => {
      if (!isSo(state)) return;
      stop();
      done(undefined);
    });
  });
}

/** Waits for the end of a job; throws when it failed. */
export async function finish(app, job) {
  const { phase, error } = await app.commands.jobEnded(job);
  if (phase !== 'done') throw new Error(`${phase}: ${JSON.stringify(error)}`);
}

/** The VM's sockets: the driver makes and removes the folder with each run. */
export const runtimeOf = (app, id) => join(app.paths.runtime, id.replaceAll('-', '').slice(0, 12));
