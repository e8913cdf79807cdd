// A QMP connection of the benchmark's own: the one who changes a guest behind the manager's back.
import { connect } from 'node:net';

/** Resolves to {send, nextEvent, close} once QEMU takes commands. */
export function openMonitor(path) {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const waiting = new Map();
    const send = (command) => {
      socket.write(`${JSON.stringify({ execute: command })}\n`);
    };
    const monitor = {
      send,
      /** Resolves to the moment (performance.now()) at which the event arrived here. */
      nextEvent: (event) => new Promise((heard) => waiting.set(event, heard)),
      close: () => socket.destroy(),
    };
    let text = '';
    let isReady = false;
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line);
        if (message.QMP) send('qmp_capabilities');
        else if (message.event) {
          waiting.get(message.event)?.(performance.now());
          waiting.delete(message.event);
        } else if (!isReady) {
          isReady = true;
          resolve(monitor);
        }
      }
    });
    socket.on('error', reject);
  });
}
