// A small QMP client for the gateway: one command at a time, events ignored.
import { connect, type Socket } from 'node:net';

export interface Qmp {
  /** A command of QEMU's human monitor; its answer, empty where all is well. Rejects when QEMU ends. */
  readonly hmp: (line: string) => Promise<string>;
  readonly dispose: () => void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Rejects where nobody listens. */
export const openQmp = async (path: string): Promise<Qmp> => {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const attempt = connect(path, () => resolve(attempt));
    attempt.once('error', reject);
  });
  const queue: Waiting[] = [];
  let text = '';
  const end = (): void => {
    for (const { reject } of queue.splice(0)) reject(new Error('QEMU ended'));
  };
  socket.on('error', end).on('close', end);
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
      if (message.error) queue.shift()?.reject(new Error(message.error.desc));
      else if ('return' in message) queue.shift()?.resolve(message.return);
    }
  });
  const execute = (command: string, args: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) {
        reject(new Error('QEMU ended'));
        return;
      }
      queue.push({ resolve, reject });
      socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  await execute('qmp_capabilities');
  return {
    hmp: async (line) => {
      const answer = await execute('human-monitor-command', { 'command-line': line });
      return String(answer).trim();
    },
    dispose: () => socket.destroy(),
  };
};
