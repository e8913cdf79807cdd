// A virtual display whose frame buffer is a file: what is really on the screen, read from outside of
// every program. (Xvfb -fbdir writes an X window dump; its header is 25 big-endian 32-bit numbers.)
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const size = { width: 1280, height: 900 };

/** Starts Xvfb; resolves to {display, grab, stop}. */
export async function startScreen() {
  const folder = mkdtempSync(join(tmpdir(), 'pvb-fb-'));
  if (process.getuid?.() === 0) mkdirSync('/tmp/.X11-unix', { recursive: true, mode: 0o1777 });
  const geometry = `${size.width}x${size.height}x24`;
  const child = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', geometry, '-fbdir', folder, '-nolisten', 'tcp', '-noreset'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const number = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('Xvfb did not start')));
    child.stdio[3].once('data', (chunk) => resolve(String(chunk).trim()));
  });
  const file = openSync(join(folder, 'Xvfb_screen0'), 'r');
  const header = Buffer.alloc(100);
  readSync(file, header, 0, 100, 0);
  const word = (index) => header.readUInt32BE(index * 4);
  // header_size, then ncolors entries of 12 bytes, then the lines.
  const start = word(0) + word(19) * 12;
  const bytesPerLine = word(12);
  const grab = (top = 0, bottom = size.height, target = undefined) => {
    const length = (bottom - top) * bytesPerLine;
    const bytes = target ?? Buffer.alloc(length);
    readSync(file, bytes, 0, length, start + top * bytesPerLine);
    return bytes;
  };
  return {
    display: `:${number}`,
    /** Pixels (one 32-bit word each) of whole lines `top` to `bottom`, into `target` if given. */
    grab,
    /** Resolves when the display shows `ground` again: the windows are gone. */
    async untilBlank(ground) {
      for (let i = 0; i < 250 && !grab().equals(ground); i += 1) await sleep(20);
    },
    async stop() {
      closeSync(file);
      child.removeAllListeners('exit');
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await Promise.race([gone, sleep(5000)]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The 32-bit words of a grabbed picture. */
export const wordsOf = (bytes) =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
