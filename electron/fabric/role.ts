// The fabric as a role: runs until it is told that nothing is left to do, or until a signal.
import { join } from 'node:path';
import type { Role } from '../roles/role.ts';
import { createFabricCore } from './fabric.ts';
import { startControlServer, type ControlServer } from './server.ts';
import { startService } from './service/service.ts';

const exitCodes = { ended: 0, alreadyRuns: 4 } as const;
/** For the last answer to reach its reader. */
const farewellMs = 200;

export const fabric: Role = async ({ runtimeDir, log, print, signal }) => {
  const path = join(runtimeDir, 'fabric.sock');
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let isRestored = (): void => undefined;
  const restored = new Promise<void>((resolve) => {
    isRestored = resolve;
  });
  const managers = new Set<ControlServer>();
  const self = createFabricCore({
    runtimeDir,
    log,
    startService,
    now: Date.now,
    emit: (event) => managers.forEach(({ emit }) => emit(event)),
    onEnd: () => setTimeout(end, farewellMs),
  });
  const server = await startControlServer(path, self.handlers, restored, log);
  if (!server) {
    print(`already running: ${path}`);
    return exitCodes.alreadyRuns;
  }
  managers.add(server);
  await self.restore();
  isRestored();
  print(`listening ${path}`);
  signal.addEventListener('abort', () => end(), { once: true });
  if (!signal.aborted) await ended;
  // Managers start another one as soon as this socket is closed: host ports must be free by then.
  await self.dispose();
  server.close();
  return exitCodes.ended;
};
