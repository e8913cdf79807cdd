// The VNC password and the guard on VirtualBox's extra port.
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import {
  extraVncPort,
  holdExtraVncPort,
  isOpenToAll,
  parseListeners,
  vncPassword,
} from './vnc-guard.ts';

it('makes passwords of eight characters from the whole alphabet, never two alike', () => {
  const made = Array.from({ length: 2000 }, vncPassword);
  expect(new Set(made).size).toBe(made.length);
  for (const password of made) expect(password).toMatch(/^[!-~]{8}$/);
  const used = new Set(made.join(''));
  expect(used.size).toBe(90);
  for (const char of `"'\\\` `) expect(used.has(char)).toBe(false);
});

const listenAnywhere = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    server.listen({ host: '::', port, ipv6Only: true }, () => server.close(() => resolve('open')));
  });

it('keeps everybody from listening on all IPv6 addresses, as long as it is held', async () => {
  const port = 40_000 + (process.pid % 20_000);
  const held = await holdExtraVncPort(port);
  expect(held.isHeld()).toBe(true);
  expect(await listenAnywhere(port)).toBe('EADDRINUSE');
  const second = await holdExtraVncPort(port);
  expect(second.isHeld()).toBe(false);
  await held.release();
  await held.release();
  await expect.poll(second.isHeld).toBe(true);
  expect(await listenAnywhere(port)).toBe('EADDRINUSE');
  await second.release();
  expect(await listenAnywhere(port)).toBe('open');
});

it('reads who listens from the kernel’s tables', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:B3A7 00000000:0000 0A 00000000:00000000 00:00000000 00000000  4242        0 812345 1 0000000000000000 100 0 0 10 0',
    '   1: 0100007F:B3A7 0100007F:C000 01 00000000:00000000 00:00000000 00000000  4242        0 812346 1 0000000000000000 20 4 30 10 -1',
    '   2: 00000000000000000000000000000000:170C 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 812347 1 0000000000000000 100 0 0 10 0',
    '',
  ].join('\n');
  const rows = parseListeners(table);
  expect(rows).toEqual([
    { address: '0100007F', port: 45_991, uid: 4242, inode: '812345' },
    { address: '0'.repeat(32), port: extraVncPort, uid: 0, inode: '812347' },
  ]);
  expect(rows.map(isOpenToAll)).toEqual([false, true]);
});
