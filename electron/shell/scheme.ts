// Serves the page over app:// with its security headers. `registerScheme` runs before the app is ready.
import { readFile } from 'node:fs/promises';
import { protocol, type ProtocolResponse, type Session } from 'electron';
import { appScheme, contentSecurityPolicy } from './origin.ts';
import { findPageFile } from './page-files.ts';

export const registerScheme = (): void =>
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);

/** net::ERR_FAILED, of Chromium's net_error_list.h. */
const netFailed = -2;
type Answer = ProtocolResponse & { readonly data: Buffer };

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const answerTo = async (pageFolder: string, method: string, url: string): Promise<Answer> => {
  const file = method === 'GET' ? await findPageFile(pageFolder, url) : undefined;
  if (!file) {
    return { statusCode: 404, mimeType: 'text/plain', headers, data: Buffer.from('Not found') };
  }
  const data = await readFile(file.path);
  return { statusCode: 200, headers: { ...headers, 'content-type': file.contentType }, data };
};

/**
 * By the buffer protocol, not by `protocol.handle`: that one answers with a fetch Response, and loading fetch
 * takes main some 40 ms on the way to the first picture. Both Electron versions have both.
 */
export const serveScheme = (session: Session, pageFolder: string): void => {
  session.protocol.registerBufferProtocol(appScheme, (request, answer) => {
    answerTo(pageFolder, request.method, request.url).then(answer, () =>
      answer({ error: netFailed }),
    );
  });
};
