// QMP over a real unix socket with a monitor of our own at the other end: order, time limits, busy, closing.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { connectQmp, createLineSplitter, type QmpClient } from './qmp.ts';

const times = { greetingMs: 150, commandMs: 150 };
const greeting = '{"QMP":{"version":{},"capabilities":["oob"]}}\r\n';
let folder = '';
let server: Server | undefined;
let sockets: Socket[] = [];
let client: QmpClient | undefined;

afterEach(() => {
  client?.dispose();
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server?.close();
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

type Request = { readonly execute: string; readonly id: number };
/** A monitor that answers with what `reply` returns; `undefined` = silence. */
const monitor = async (reply: (request: Request, socket: Socket) => object | undefined) => {
  folder = mkdtempSync(join(tmpdir(), 'pvm-'));
  const path = join(folder, 'q');
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(greeting);
    const split = createLineSplitter((message) => {
      const request = message as unknown as Request;
      const answer =
        request.execute === 'qmp_capabilities' ? { return: {} } : reply(request, socket);
      if (answer) socket.write(`${JSON.stringify({ ...answer, id: request.id })}\r\n`);
    });
    socket.setEncoding('utf8').on('data', (chunk) => split(String(chunk)));
  });
  await new Promise<void>((resolve) => server!.listen(path, resolve));
  return path;
};

describe('QMP', () => {
  it('answers find their commands, whatever their order', async () => {
    const held: Request[] = [];
    const path = await monitor((request, socket) => {
      held.push(request);
      if (held.length < 2) return undefined;
      for (const { execute, id } of held.reverse()) {
        socket.write(`${JSON.stringify({ return: execute, id })}\n`);
      }
      return undefined;
    });
    client = await connectQmp(path, 'VM', times);
    expect(await Promise.all([client.execute('one'), client.execute('two')])).toEqual([
      'one',
      'two',
    ]);
  });

  it('passes events on, and the words of an error', async () => {
    const path = await monitor((_request, socket) => {
      socket.write('{"event":"STOP","timestamp":{"seconds":1}}\n');
      return { error: { class: 'GenericError', desc: 'no such thing' } };
    });
    client = await connectQmp(path, 'VM', times);
    const events: string[] = [];
    client.onEvent(({ event }) => events.push(event));
    await expect(client.execute('fly')).rejects.toMatchObject({
      error: { code: 'qemu/qmp-error', params: { command: 'fly', message: 'no such thing' } },
    });
    expect(events).toEqual(['STOP']);
  });

  it('a command without an answer times out, and the connection stays usable', async () => {
    const path = await monitor(({ execute }) => (execute === 'hang' ? undefined : { return: 1 }));
    client = await connectQmp(path, 'VM', times);
    await expect(client.execute('hang')).rejects.toMatchObject({
      error: { code: 'qemu/qmp-timeout', params: { name: 'VM', command: 'hang', seconds: 0.15 } },
    });
    expect(await client.execute('work')).toBe(1);
  });

  it('a monitor that never greets is busy', async () => {
    folder = mkdtempSync(join(tmpdir(), 'pvm-'));
    const path = join(folder, 'q');
    server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => server!.listen(path, resolve));
    await expect(connectQmp(path, 'VM', times)).rejects.toMatchObject({
      error: { code: 'qemu/qmp-busy' },
    });
  });

  it('a socket that closes ends what waits on it, and says so', async () => {
    const path = await monitor((_request, socket) => void socket.destroy());
    client = await connectQmp(path, 'VM', times);
    await expect(client.execute('work')).rejects.toMatchObject({
      error: { code: 'qemu/qmp-closed' },
    });
    await client.closed;
    expect(client.isOpen).toBe(false);
    await expect(client.execute('more')).rejects.toMatchObject({
      error: { code: 'qemu/qmp-closed' },
    });
  });

  it('a monitor that does not speak JSON is let go', async () => {
    const path = await monitor((_request, socket) => void socket.write('hello?\n'));
    client = await connectQmp(path, 'VM', times);
    await expect(client.execute('work')).rejects.toMatchObject({
      error: { code: 'qemu/qmp-closed' },
    });
  });

  it('messages survive any cutting of the stream', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ event: fc.string(), n: fc.integer() })),
        fc.integer({ min: 1, max: 17 }),
        (messages, size) => {
          const text = messages.map((message) => `${JSON.stringify(message)}\r\n`).join('');
          const seen: unknown[] = [];
          const split = createLineSplitter((message) => seen.push(message));
          for (let at = 0; at < text.length; at += size) split(text.slice(at, at + size));
          expect(seen).toEqual(messages);
        },
      ),
    );
  });
});
