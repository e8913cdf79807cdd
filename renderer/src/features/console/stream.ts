// A byte stream over a MessagePort with back-pressure both ways (contract/console-protocol.ts): what the reader
// has consumed is acknowledged; what is written waits here while main has not taken enough of it.
import type {
  ConsoleFromMain,
  ConsoleFromWindow,
} from '../../../../shared/contract/console-protocol.ts';

/** Unacknowledged bytes towards the guest: more would only wait in main instead of here. */
const sendWindowBytes = 256 * 1024;
const chunkBytes = 32 * 1024;

export interface StreamEvents {
  /** `consumed` is called when the bytes have been dealt with, once. */
  readonly onData: (bytes: Uint8Array, consumed: () => void) => void;
  /** Called once. `willReturn` = opening again makes sense. */
  readonly onClosed: (willReturn: boolean) => void;
}

export interface ByteStream {
  readonly send: (bytes: Uint8Array) => void;
  readonly close: () => void;
}

export type PortLike = Pick<MessagePort, 'postMessage' | 'close' | 'start'> & {
  onmessage: ((event: MessageEvent<ConsoleFromMain>) => void) | null;
};

export const openStream = (port: PortLike, events: StreamEvents): ByteStream => {
  const waiting: Uint8Array[] = [];
  let unacknowledged = 0;
  let isClosed = false;
  const post = (message: ConsoleFromWindow): void => port.postMessage(message);

  const flush = (): void => {
    while (unacknowledged < sendWindowBytes) {
      const bytes = waiting.shift();
      if (!bytes) return;
      unacknowledged += bytes.length;
      post({ kind: 'data', bytes });
    }
  };
  const end = (): void => {
    isClosed = true;
    waiting.length = 0;
    port.close();
  };

  port.onmessage = ({ data }) => {
    if (isClosed) return;
    switch (data.kind) {
      case 'data': {
        const { bytes } = data;
        let isConsumed = false;
        events.onData(bytes, () => {
          if (isConsumed || isClosed) return;
          isConsumed = true;
          post({ kind: 'ack', bytes: bytes.length });
        });
        return;
      }
      case 'ack':
        unacknowledged = Math.max(0, unacknowledged - data.bytes);
        flush();
        return;
      case 'closed':
        end();
        events.onClosed(data.willReturn);
    }
  };
  port.start();

  return {
    send: (bytes) => {
      if (isClosed) return;
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        waiting.push(bytes.slice(at, at + chunkBytes));
      }
      flush();
    },
    close: () => {
      if (isClosed) return;
      post({ kind: 'close' });
      end();
    },
  };
};
