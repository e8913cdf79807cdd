// Keeps a console's stream open while the machine lives: opens it, and opens it again with a growing pause after
// a reset, a restart of the hypervisor, or a restart of main.
import { useEffect, useRef, useState } from 'react';
import type { VmId } from '../../../../shared/model/brand.ts';
import { useClient } from '../../bridge/context.ts';
import { dropPort, listenForPorts, takePort } from './ports.ts';
import { openStream, type ByteStream, type StreamEvents } from './stream.ts';

listenForPorts(window);

export type StreamPhase = 'connecting' | 'open' | 'waiting';

const firstPauseMs = 100;
const longestPauseMs = 3000;
export const nextPause = (pauseMs: number): number => Math.min(pauseMs * 2, longestPauseMs);

/** What wants the stream: told of each new one, and of its bytes. */
export interface StreamUser extends Pick<StreamEvents, 'onData'> {
  readonly onOpen: (stream: ByteStream) => void;
  /** The stream is gone; another may follow. */
  readonly onGone: () => void;
}

export const useStream = (
  vm: VmId,
  kind: 'screen' | 'serial',
  isWanted: boolean,
  user: StreamUser,
): StreamPhase => {
  const client = useClient();
  const [phase, setPhase] = useState<StreamPhase>('connecting');
  const latest = useRef(user);
  useEffect(() => {
    latest.current = user;
  });

  useEffect(() => {
    if (!isWanted) return undefined;
    let isStopped = false;
    let pauseMs = firstPauseMs;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let stream: ByteStream | undefined;
    let channel: string | undefined;

    const again = (): void => {
      if (isStopped) return;
      setPhase('waiting');
      retry = setTimeout(() => void connect(), pauseMs);
      pauseMs = nextPause(pauseMs);
    };
    const connect = async (): Promise<void> => {
      try {
        const opened = await client.console.open({ id: vm, kind });
        channel = opened.channel;
        const port = await takePort(opened.channel);
        let hasData = false;
        const made = openStream(port, {
          onData: (bytes, consumed) => {
            // Only bytes prove that the other side is well: until then the pause keeps growing.
            if (!hasData) pauseMs = firstPauseMs;
            hasData = true;
            latest.current.onData(bytes, consumed);
          },
          onClosed: () => {
            stream = undefined;
            latest.current.onGone();
            again();
          },
        });
        if (isStopped) {
          made.close();
          return;
        }
        stream = made;
        setPhase('open');
        latest.current.onOpen(made);
      } catch {
        // Not there yet or just gone: the pause decides, the state tells people why.
        again();
      }
    };
    void connect();
    return () => {
      isStopped = true;
      clearTimeout(retry);
      if (channel !== undefined && !stream) dropPort(channel);
      stream?.close();
      latest.current.onGone();
      setPhase('connecting');
    };
  }, [client, vm, kind, isWanted]);

  return phase;
};
