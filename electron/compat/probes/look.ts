// Reads files and folders of the host, or of a folder that stands for it. "Not there" and "could not be read" are kept
// apart; nothing here rejects.
import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface HostRoot {
  /** `/`, or a folder that stands for it. */
  readonly root: string;
}

export type Look =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
const failedLook = (error: unknown): Look => {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? { kind: 'absent' }
    : { kind: 'failed', reason: code };
};

/** Reads a small file of the host. `path` is absolute on the host. */
export const lookAtFile = async (host: HostRoot, path: string): Promise<Look> => {
  try {
    return { kind: 'read', text: await readFile(join(host.root, path), 'utf8') };
  } catch (error) {
    return failedLook(error);
  }
};

/** Names in a folder, one a line. */
export const lookAtFolder = async (host: HostRoot, path: string): Promise<Look> => {
  try {
    return { kind: 'read', text: (await readdir(join(host.root, path))).sort().join('\n') };
  } catch (error) {
    return failedLook(error);
  }
};

/** True, false, or why it could not be said. */
export const lookForPath = async (
  host: HostRoot,
  path: string,
): Promise<boolean | { readonly reason: string }> => {
  try {
    await stat(join(host.root, path));
    return true;
  } catch (error) {
    const look = failedLook(error);
    return look.kind === 'failed' ? { reason: look.reason } : false;
  }
};

/** One line of a raw report: `path: text`. */
export const rawOf = (path: string, look: Look): string => {
  switch (look.kind) {
    case 'read':
      return `${path}: ${look.text.trim()}`;
    case 'absent':
      return `${path}: not there`;
    case 'failed':
      return `${path}: could not be read (${look.reason})`;
  }
};

export const isThere = async (host: HostRoot, path: string): Promise<boolean> =>
  (await lookForPath(host, path)) === true;

/** `ProbeHost.mayUse` below a root. */
export const mayUseBelow =
  (root: string) =>
  (path: string): Promise<boolean> =>
    access(join(root, path), constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
