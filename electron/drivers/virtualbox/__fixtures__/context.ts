// A driver's context in a test's own folders, for a VirtualBox of the test's own.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../log/logger.ts';
import { createExec } from '../../../process/exec.ts';
import type { DriverContext } from '../../types.ts';
import type { RealVirtualBox } from './real.ts';

export const contextOf = ({ home, env }: Pick<RealVirtualBox, 'home' | 'env'>): DriverContext => {
  const path = (name: string): string => {
    const folder = join(home, 'p', name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  return {
    exec: createExec(silentLogger),
    log: silentLogger,
    paths: {
      config: path('c'),
      data: path('d'),
      state: path('s'),
      runtime: path('r'),
      cache: path('k'),
      resources: path('x'),
    },
    now: Date.now,
    env,
  };
};
