// The VNC password and the guard on VirtualBox's extra port.
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { holdExtraVncPort, vncPassword } from './vnc-guard.ts';

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
  expect(held.isHeld).toBe(true);
  expect(await listenAnywhere(port)).toBe('EADDRINUSE');
  expect((await holdExtraVncPort(port)).isHeld).toBe(false);
  await held.release();
  expect(await listenAnywhere(port)).toBe('open');
});
