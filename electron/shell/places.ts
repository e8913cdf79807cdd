// Where the program's own files are, packaged or not.
import { join } from 'node:path';
import { app } from 'electron';

/** guests/ lives here. */
export const resourcesFolder = (): string =>
  app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'out');

export const iconFile = (name: string): string =>
  app.isPackaged
    ? join(process.resourcesPath, 'icons', name)
    : join(app.getAppPath(), 'build', 'icons', name);

export const pageFolder = (): string => join(app.getAppPath(), 'out', 'renderer');
export const roleThreadFile = (): string => join(app.getAppPath(), 'out', 'main', 'role-thread.js');
export const preloadFile = (): string => join(app.getAppPath(), 'out', 'preload', 'preload.cjs');

/** The set-up keeps its third-party fallback runtime in .runtime/; releases never carry it. */
export const isFallbackRuntime = (): boolean =>
  !app.isPackaged && process.execPath.startsWith(join(app.getAppPath(), '.runtime/'));
