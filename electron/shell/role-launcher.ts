// Runs a role without a window: no display, no GPU, its own profile and single-instance lock.
// A blocking child is the point here: nothing of this process may go on.
// eslint-disable-next-line no-restricted-imports
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { app } from 'electron';
import { createFileLogger } from '../log/logger.ts';
import { appPaths } from '../paths.ts';
import type { Role, RoleContext } from '../roles/role.ts';
import { findRole, roleNames, threadedRoles } from '../roles/roles.ts';
import { roleThreadFile } from './places.ts';

const exitCodes = { unknownRole: 2, failed: 1, alreadyRuns: 4 } as const;
const headlessSwitch = '--ozone-platform=headless';

/**
 * Chromium chooses its display platform before our code runs. Started without the switch (the installed
 * launcher adds it), the role runs in a child that has it; this process waits and passes the exit code on.
 */
const runInHeadlessChild = (): never => {
  const child = spawnSync(process.execPath, [headlessSwitch, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(child.status ?? exitCodes.failed);
};

/** Runs the role in a thread; one that breaks takes the process with it, like any other role. */
const inThread =
  (name: string, logPath: string): Role =>
  ({ args, runtimeDir, signal }: RoleContext) =>
    new Promise((resolve, reject) => {
      const thread = new Worker(roleThreadFile(), {
        workerData: { name, args, runtimeDir, logPath },
      });
      signal.addEventListener('abort', () => thread.postMessage('end'), { once: true });
      thread.once('message', (code: unknown) => resolve(Number(code)));
      thread.once('error', reject);
      thread.once('exit', () => resolve(exitCodes.failed));
    });

export const launchRole = (name: string, args: readonly string[]): void => {
  const role = findRole(name);
  if (!role) {
    process.stderr.write(`There is no role “${name}”. Roles: ${roleNames.join(', ')}\n`);
    process.exit(exitCodes.unknownRole);
  }
  if (app.commandLine.getSwitchValue('ozone-platform') !== 'headless') runInHeadlessChild();
  app.disableHardwareAcceleration();
  const paths = appPaths(process.env, '');
  // A profile of its own: a role never meets the window's lock, nor another role's.
  app.setPath('userData', join(paths.state, 'roles', name));
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write(`The role “${name}” runs already.\n`);
    process.exit(exitCodes.alreadyRuns);
  }
  const logPath = join(paths.state, `role-${name}.log`);
  const log = createFileLogger(logPath).scoped(name);
  const runs = threadedRoles.has(name) ? inThread(name, logPath) : role;
  const ending = new AbortController();
  const run = async (): Promise<void> => {
    // Chromium puts its own signal handlers in while it starts; ours come after.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => ending.abort());
    }
    const code = await runs({
      args,
      runtimeDir: paths.runtime,
      log,
      print: (line) => process.stdout.write(`${line}\n`),
      signal: ending.signal,
    });
    app.exit(code);
  };
  app.on('window-all-closed', () => undefined);
  void app
    .whenReady()
    .then(run)
    .catch((error: unknown) => {
      log.error('role failed', { error: String(error) });
      process.stderr.write(`${String(error)}\n`);
      app.exit(exitCodes.failed);
    });
};
