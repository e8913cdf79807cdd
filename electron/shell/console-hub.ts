// Hands console streams to the window as MessagePorts and forgets them when the page goes away.
import { MessageChannelMain, type WebContents } from 'electron';
import { failure } from '../../shared/contract/errors.ts';
import type { ShellPort } from '../ipc/shell-port.ts';
import { relayConsole } from './console-relay.ts';

export interface ConsoleHub {
  readonly attach: ShellPort['attachConsole'];
  readonly detach: (channel: string) => void;
  /** The page was reloaded or closed. */
  readonly closeAll: () => void;
}

export const createConsoleHub = (page: () => WebContents | undefined): ConsoleHub => {
  const open = new Map<string, () => void>();
  let count = 0;
  return {
    attach: (stream, options) => {
      const contents = page();
      if (!contents || contents.isDestroyed()) {
        stream.destroy();
        throw failure('ipc/rejected', { channel: 'console.open', reason: 'there is no window' });
      }
      count += 1;
      const channel = `console-${count}`;
      const { port1, port2 } = new MessageChannelMain();
      const end = relayConsole(
        stream,
        {
          send: (message) => port1.postMessage(message),
          onMessage: (listener) => {
            port1.on('message', ({ data }) => listener(data));
          },
          onClose: (listener) => {
            port1.on('close', listener);
          },
          close: () => port1.close(),
        },
        { ...options, onEnd: () => open.delete(channel) },
      );
      open.set(channel, end);
      port1.start();
      contents.postMessage('polyvisor:port', channel, [port2]);
      return channel;
    },
    detach: (channel) => open.get(channel)?.(),
    closeAll: () => {
      for (const end of [...open.values()]) end();
    },
  };
};
