// A role in a thread of its own, inside Electron: Chromium's event loop on the main thread costs three times as much for
// every frame as Node's own loop here. The main thread tells when to end and passes the exit code on.
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { createFileLogger } from '../log/logger.ts';
import { findRole } from './roles.ts';

const dataSchema = z.object({
  name: z.string(),
  args: z.array(z.string()),
  runtimeDir: z.string(),
  logPath: z.string(),
});

const run = async (): Promise<void> => {
  const { name, args, runtimeDir, logPath } = dataSchema.parse(workerData);
  const role = findRole(name);
  if (!role || !parentPort) throw new Error(`no role ${name}`);
  const ending = new AbortController();
  // Its only message: end.
  parentPort.on('message', () => ending.abort());
  const code = await role({
    args,
    runtimeDir,
    log: createFileLogger(logPath).scoped(name),
    print: (line) => process.stdout.write(`${line}\n`),
    signal: ending.signal,
  });
  parentPort.postMessage(code);
};

await run();
