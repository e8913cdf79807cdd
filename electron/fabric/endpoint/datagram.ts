// A port's way to a machine over UDP on 127.0.0.1: one frame per datagram between two known ports. Datagrams from
// anywhere else are dropped; until the machine's port is known nothing passes.
import { createSocket } from 'node:dgram';
import { withPrefix, prefixLength } from '../switch/frame.ts';
import type { SwitchPort } from '../switch/switch.ts';
import type { Endpoint } from './stream.ts';

const loopback = '127.0.0.1';
const bufferBytes = 1024 * 1024;
/** Handed to the kernel and not gone yet, in bytes. */
const queueLimit = 1024 * 1024;

export interface DatagramEndpoint extends Endpoint {
  readonly switchPort: number;
  readonly setPeer: (port: number | undefined) => void;
}

/** `switchPort` undefined: any free one. Rejects when it is taken. */
export const createDatagramEndpoint = async (
  switchPort: number | undefined,
  peerPort: number | undefined,
  portOf: () => SwitchPort | undefined,
): Promise<DatagramEndpoint> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: loopback, port: switchPort ?? 0, exclusive: true }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // A peer that is gone answers with ICMP: its datagrams are lost, the socket stays.
  socket.on('error', () => undefined);
  try {
    socket.setRecvBufferSize(bufferBytes);
    socket.setSendBufferSize(bufferBytes);
  } catch {
    // Smaller buffers than asked for lose more, and work.
  }
  let peer = peerPort;
  let hasHeard = false;
  let isDisposed = false;
  let needsFlush: SwitchPort | undefined;
  socket.on('message', (frame, from) => {
    const port = portOf();
    if (!port) return;
    if (peer === undefined || from.port !== peer || from.address !== loopback) {
      port.drop();
      return;
    }
    hasHeard = true;
    const bytes = withPrefix(frame);
    port.receive(bytes, prefixLength, bytes.length);
    if (needsFlush) return;
    // Datagrams come one by one; what they cause leaves together.
    needsFlush = port;
    setImmediate(() => {
      needsFlush = undefined;
      port.flush();
    });
  });
  return {
    switchPort: socket.address().port,
    setPeer: (port) => {
      if (port !== peer) hasHeard = false;
      peer = port;
    },
    isConnected: () => peer !== undefined && hasHeard,
    output: {
      send: (bytes, start, end) => {
        if (peer === undefined || isDisposed) return false;
        if (socket.getSendQueueSize() > queueLimit) return false;
        socket.send(bytes, start, end - start, peer, loopback, () => undefined);
        return true;
      },
      flush: () => undefined,
    },
    dispose: () => {
      isDisposed = true;
      socket.close();
    },
  };
};
