// Serves the page over app:// with its security headers. `registerScheme` runs before the app is ready.
import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { appScheme, contentSecurityPolicy } from './origin.ts';
import { findPageFile } from './page-files.ts';

export const registerScheme = (): void =>
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const;

export const serveScheme = (session: Session, pageFolder: string): void =>
  session.protocol.handle(appScheme, async (request) => {
    const file = request.method === 'GET' ? await findPageFile(pageFolder, request.url) : undefined;
    if (!file) return new Response('Not found', { status: 404, headers });
    return new Response(new Uint8Array(await readFile(file.path)), {
      headers: { ...headers, 'content-type': file.contentType },
    });
  });
