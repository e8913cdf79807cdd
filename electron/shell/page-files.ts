// Finds the file behind an app:// address: only files inside the page's folder, only known types. Electron-free.
import { realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { isAppUrl } from './origin.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

export interface PageFile {
  readonly path: string;
  readonly contentType: string;
}

/** `undefined` = there is no such page. Never follows a way out of `folder`, not by `..` nor by a link. */
export const findPageFile = async (folder: string, url: string): Promise<PageFile | undefined> => {
  if (!isAppUrl(url)) return undefined;
  let pathname: string;
  try {
    pathname = decodeURIComponent(new URL(url).pathname);
  } catch {
    return undefined;
  }
  if (pathname.includes('\0') || pathname.includes('\\')) return undefined;
  const contentType = types[extname(pathname).toLowerCase()];
  if (contentType === undefined) return undefined;
  try {
    const base = await realpath(folder);
    const path = await realpath(join(base, pathname));
    return path.startsWith(base + sep) ? { path, contentType } : undefined;
  } catch {
    // Not there: the caller answers 404.
    return undefined;
  }
};
