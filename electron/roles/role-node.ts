// Roles in plain Node: `node role.mjs NAME [OPTION ...]`, for tests and for a core that runs without Electron.
import { join } from 'node:path';
import { createFileLogger } from '../log/logger.ts';
import { appPaths } from '../paths.ts';
import { findRole, roleNames } from './roles.ts';

const exitCodes = { failed: 1, unknownRole: 2 } as const;

const main = async (): Promise<number> => {
  const [name = '', ...args] = process.argv.slice(2);
  const role = findRole(name);
  if (!role) {
    process.stderr.write(`There is no role “${name}”. Roles: ${roleNames.join(', ')}\n`);
    return exitCodes.unknownRole;
  }
  const paths = appPaths(process.env, '');
  const log = createFileLogger(join(paths.state, `role-${name}.log`)).scoped(name);
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => ending.abort());
  }
  return role({
    args,
    runtimeDir: paths.runtime,
    log,
    print: (line) => process.stdout.write(`${line}\n`),
    signal: ending.signal,
  }).catch((error: unknown) => {
    log.error('role failed', { error: String(error) });
    process.stderr.write(`${String(error)}\n`);
    return exitCodes.failed;
  });
};

process.exit(await main());
