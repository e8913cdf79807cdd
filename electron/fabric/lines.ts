// JSON lines over a socket: one message a line, with a limit so that nobody fills our memory.
import { StringDecoder } from 'node:string_decoder';
import type { Socket } from 'node:net';

const longestLine = 4 * 1024 * 1024;

/** Calls `onMessage` for every line; what is no JSON, or longer than 4 MiB, ends the connection. */
export const readMessages = (socket: Socket, onMessage: (message: unknown) => void): void => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) socket.destroy();
    for (const line of lines) {
      if (socket.destroyed) return;
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        socket.destroy();
        return;
      }
      onMessage(message);
    }
  });
};

export const sendMessage = (socket: Socket, message: unknown): void => {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
};
