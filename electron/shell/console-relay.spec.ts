// The relay between a real unix socket and a port whose other end can be told to stop reading.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsoleFromMain } from '../../shared/contract/console-protocol.ts';
import { relayConsole, type RelayOptions } from './console-relay.ts';

const windowBytes = 256 * 1024;
let folder = '';
let server: Server;
let guest: Promise<Socket>;
let stream: Socket;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cr-'));
  const path = join(folder, 's');
  guest = new Promise((resolve) => {
    server = createServer(resolve);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  stream = connect(path);
  (await guest).on('error', () => undefined);
});
afterEach(async () => {
  (await guest).destroy();
  stream.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (options: Partial<RelayOptions> = {}) => {
  const sent: ConsoleFromMain[] = [];
  let listener: (message: unknown) => void = () => undefined;
  let closed = (): void => undefined;
  const onEnd = vi.fn();
  const close = vi.fn();
  const end = relayConsole(
    stream,
    {
      send: (message) => sent.push(message),
      onMessage: (l) => (listener = l),
      onClose: (l) => (closed = l),
      close,
    },
    { history: new Uint8Array(), willReturn: () => true, windowBytes, onEnd, ...options },
  );
  const received = (): number =>
    sent.reduce((sum, m) => sum + (m.kind === 'data' ? m.bytes.length : 0), 0);
  return {
    sent,
    received,
    onEnd,
    close,
    end,
    say: (m: unknown) => listener(m),
    closed: () => closed(),
  };
};

/** 8 MiB in which every byte's place can be told. */
const flood = (): Buffer => {
  const bytes = Buffer.alloc(8 * 1024 * 1024);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
};

describe('the console relay', () => {
  it('stops reading while nothing is acknowledged, and then loses nothing', async () => {
    const relay = start();
    const socket = await guest;
    const bytes = flood();
    let isAllTaken = false;
    socket.write(bytes, () => (isAllTaken = true));
    await vi.waitFor(() => expect(relay.received()).toBeGreaterThanOrEqual(windowBytes));
    await pause(300);
    // One chunk of the socket may come on top of the window; the rest waits in the guest.
    expect(relay.received()).toBeLessThanOrEqual(windowBytes + 64 * 1024);
    expect(isAllTaken).toBe(false);
    let acknowledged = 0;
    while (acknowledged < bytes.length) {
      const next = relay.received() - acknowledged;
      acknowledged += next;
      relay.say({ kind: 'ack', bytes: next });
      expect(next).toBeLessThanOrEqual(windowBytes + 64 * 1024);
      await pause(1);
    }
    const all = Buffer.concat(relay.sent.flatMap((m) => (m.kind === 'data' ? [m.bytes] : [])));
    expect(all.equals(bytes)).toBe(true);
  });

  it('sends history first, and counts it', async () => {
    const relay = start({ history: new Uint8Array(windowBytes).fill(7) });
    (await guest).write('now');
    await pause(100);
    expect(relay.received()).toBe(windowBytes);
    relay.say({ kind: 'ack', bytes: windowBytes });
    await vi.waitFor(() => expect(relay.received()).toBe(windowBytes + 3));
    const last = relay.sent.at(-1);
    expect(last?.kind === 'data' && Buffer.from(last.bytes).toString()).toBe('now');
  });

  it('acknowledges input only when the guest’s side took it', async () => {
    const relay = start();
    const socket = await guest;
    socket.pause();
    const chunk = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 4; n += 1) relay.say({ kind: 'data', bytes: chunk });
    await pause(100);
    const acks = () => relay.sent.filter((m) => m.kind === 'ack').length;
    expect(acks()).toBeLessThan(4);
    socket.resume();
    await vi.waitFor(() => expect(acks()).toBe(4));
  });

  it('tells that the stream ended and whether it will return', async () => {
    const relay = start({ willReturn: () => false });
    (await guest).end();
    await vi.waitFor(() =>
      expect(relay.sent.at(-1)).toEqual({ kind: 'closed', willReturn: false }),
    );
    expect(relay.onEnd).toHaveBeenCalledOnce();
  });

  it('lets the stream go when the page goes away or says so', async () => {
    const relay = start();
    relay.closed();
    expect(stream.destroyed).toBe(true);
    relay.end();
    expect(relay.onEnd).toHaveBeenCalledOnce();
    expect(relay.close).toHaveBeenCalledOnce();
  });

  it('ignores what is no message of the protocol', async () => {
    const relay = start();
    const heard = vi.fn();
    (await guest).on('data', heard);
    for (const wrong of [
      null,
      'x',
      {},
      { kind: 'data', bytes: 'text' },
      { kind: 'ack', bytes: -1 },
    ]) {
      relay.say(wrong);
    }
    relay.say({ kind: 'data', bytes: Buffer.from('ok') });
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
    expect(String(heard.mock.calls[0]?.[0])).toBe('ok');
  });
});
