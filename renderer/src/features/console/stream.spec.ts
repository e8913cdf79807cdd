import { describe, expect, it, vi } from 'vitest';
import type {
  ConsoleFromMain,
  ConsoleFromWindow,
} from '../../../../shared/contract/console-protocol.ts';
import { openStream, type PortLike } from './stream.ts';
import { nextPause } from './use-stream.ts';

const setUp = () => {
  const posted: ConsoleFromWindow[] = [];
  const port: PortLike = {
    postMessage: (message: ConsoleFromWindow) => posted.push(message),
    close: vi.fn(),
    start: vi.fn(),
    onmessage: null,
  };
  const onData = vi.fn<(bytes: Uint8Array, consumed: () => void) => void>();
  const onClosed = vi.fn();
  const stream = openStream(port, { onData, onClosed });
  const say = (data: ConsoleFromMain) =>
    port.onmessage?.({ data } as MessageEvent<ConsoleFromMain>);
  return { posted, port, onData, onClosed, stream, say };
};
const sentBytes = (posted: readonly ConsoleFromWindow[]): number =>
  posted.reduce((sum, m) => sum + (m.kind === 'data' ? m.bytes.length : 0), 0);

describe('a console’s stream', () => {
  it('acknowledges what was consumed, when it was consumed, once', () => {
    const { posted, onData, say } = setUp();
    say({ kind: 'data', bytes: new Uint8Array(5) });
    expect(posted).toEqual([]);
    const consumed = onData.mock.calls[0]?.[1];
    consumed?.();
    consumed?.();
    expect(posted).toEqual([{ kind: 'ack', bytes: 5 }]);
  });

  it('holds a long paste back until main has taken the beginning', () => {
    const { posted, stream, say } = setUp();
    stream.send(new Uint8Array(1024 * 1024));
    const first = sentBytes(posted);
    expect(first).toBe(256 * 1024);
    say({ kind: 'ack', bytes: 32 * 1024 });
    expect(sentBytes(posted)).toBe(first + 32 * 1024);
  });

  it('tells once that main closed it, and sends nothing afterwards', () => {
    const { posted, onClosed, stream, say, port } = setUp();
    say({ kind: 'closed', willReturn: true });
    say({ kind: 'closed', willReturn: true });
    stream.send(new Uint8Array(1));
    expect(onClosed).toHaveBeenCalledExactlyOnceWith(true);
    expect(posted).toEqual([]);
    expect(port.close).toHaveBeenCalled();
  });

  it('says goodbye when the window closes it', () => {
    const { posted, stream, onClosed } = setUp();
    stream.close();
    stream.close();
    expect(posted).toEqual([{ kind: 'close' }]);
    expect(onClosed).not.toHaveBeenCalled();
  });
});

it('pauses between attempts grow to a limit', () => {
  expect(nextPause(100)).toBe(200);
  expect(nextPause(2900)).toBe(3000);
});
