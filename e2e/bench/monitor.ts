// A QMP connection of the benchmark's own: the one who changes a guest behind the manager's back.
import { connect } from 'node:net';

export interface Monitor {
  readonly send: (command: string) => void;
  /** Resolves to the moment the event arrived here. */
  readonly nextEvent: (event: string) => Promise<number>;
  readonly close: () => void;
}

export const openMonitor = (path: string): Promise<Monitor> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    const waiting = new Map<string, (at: number) => void>();
    const send = (command: string): void => {
      socket.write(`${JSON.stringify({ execute: command })}\n`);
    };
    const monitor: Monitor = {
      send,
      nextEvent: (event) => new Promise((heard) => waiting.set(event, heard)),
      close: () => socket.destroy(),
    };
    let text = '';
    let isReady = false;
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as { QMP?: object; event?: string; return?: object };
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
