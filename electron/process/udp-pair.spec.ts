// A real child reads and writes frames through the descriptor it was given.
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { connectedUdp } from './udp-pair.ts';

const bound = async (): Promise<Socket> => {
  const socket = createSocket('udp4');
  let hasClosed = false;
  socket.once('close', () => (hasClosed = true));
  onTestFinished(() => {
    // One of them may be closed by its test.
    if (!hasClosed) socket.close();
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

it('a child speaks with its one peer, and hears nobody else', async () => {
  const [peer, stranger] = [await bound(), await bound()];
  const { fd, port, close } = await connectedUdp(peer.address().port);
  // Reads one datagram and sends it back.
  const echo =
    'const fs = require("fs"); const b = Buffer.alloc(2048);' +
    'for (;;) try { fs.writeSync(3, b, 0, fs.readSync(3, b)); process.exit(0); }' +
    'catch (e) { if (e.code !== "EAGAIN") throw e; }';
  stranger.send('from a stranger', port, '127.0.0.1');
  const child = spawn(process.execPath, ['-e', echo], {
    stdio: ['ignore', 'ignore', 'inherit', fd],
  });
  close();
  peer.send('from the peer', port, '127.0.0.1');
  const [message] = (await once(peer, 'message')) as [Buffer];
  expect(message.toString()).toBe('from the peer');
  await once(child, 'exit');
});

it('a child is not told that its peer is gone, and hears the next one at that port', async () => {
  const peer = await bound();
  const peerPort = peer.address().port;
  const { fd, port, close } = await connectedUdp(peerPort);
  peer.close();
  await once(peer, 'close');
  // The kernel keeps the error of one write for the next.
  const writes =
    'const fs = require("fs"); for (let i = 0; i < 3; i += 1) fs.writeSync(3, "lost");' +
    'process.stdout.write("written"); const b = Buffer.alloc(99);' +
    'for (;;) try { process.stdout.write(b.subarray(0, fs.readSync(3, b))); process.exit(0); }' +
    'catch (e) { if (e.code !== "EAGAIN") throw e; }';
  const child = spawn(process.execPath, ['-e', writes], {
    stdio: ['ignore', 'pipe', 'inherit', fd],
  });
  close();
  const output = child.stdio[1];
  if (!output) throw new Error('no output');
  expect(String((await once(output, 'data'))[0])).toBe('written');
  const next = createSocket('udp4');
  onTestFinished(() => void next.close());
  next.bind(peerPort, '127.0.0.1');
  await once(next, 'listening');
  next.send(', heard', port, '127.0.0.1');
  expect(String((await once(output, 'data'))[0])).toBe(', heard');
  await once(child, 'exit');
});
