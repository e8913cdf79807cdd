// Checks downloaded files against the sha512 pinned in this repository.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { SetupFailure } from './say.mjs';

/** sha512 of a file in npm's form: "sha512-<base64>". */
export async function sha512Of(path) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return `sha512-${hash.digest('base64')}`;
}

/** Refuses a file whose bytes are not the pinned ones. */
export async function requireSha512(path, { expected, what }) {
  const found = await sha512Of(path);
  if (found === expected) return;
  throw new SetupFailure(`${what} does not have the checksum pinned in this project.`, {
    details: `expected ${expected}\nfound    ${found}`,
    remedy: 'Try again. If it stays so, the download was altered: do not use it, and report it.',
  });
}
