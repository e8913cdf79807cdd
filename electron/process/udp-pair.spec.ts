// A real child reads and writes frames through the descriptor it was given.
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { connectedUdp } from './udp-pair.ts';

const bound = async (): Promise<Socket> => {
  const socket = createSocket('udp4');
  onTestFinished(() => {
    socket.close();
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
