// A stop between the switch and slirp where frames are looked at: it listens for the switch, connects to QEMU, and lets
// through what may pass. Both speak QEMU's stream format: 4 bytes of length (big-endian), then the frame.
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';

/** Longest frame QEMU takes: 64 KiB of payload, header, tags. */
const maxFrame = 68 * 1024;

export class BadStream extends Error {}

/**
 * Cuts a stream into frames and puts those that `mayPass` together again, as few pieces as possible. Returns what to
 * pass on. Throws BadStream on an impossible length.
 */
export const createFrameSieve = (
  mayPass: (frame: Buffer) => boolean,
): ((chunk: Buffer) => readonly Buffer[]) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const pieces: Buffer[] = [];
    let at = 0;
    let from = 0;
    while (data.length - at >= 4) {
      const length = data.readUInt32BE(at);
      if (length > maxFrame) throw new BadStream(`a frame of ${length} bytes`);
      const end = at + 4 + length;
      if (end > data.length) break;
      if (!mayPass(data.subarray(at + 4, end))) {
        if (at > from) pieces.push(data.subarray(from, at));
        from = end;
      }
      at = end;
    }
    if (at > from) pieces.push(data.subarray(from, at));
    rest = data.subarray(at);
    return pieces;
  };
};

export interface FrameRelay {
  readonly dispose: () => void;
}

export interface RelayOptions {
  /** The switch connects here. */
  readonly listenPath: string;
  /** QEMU listens here. */
  readonly connectPath: string;
  /** From the network to slirp. */
  readonly mayGoOut: (frame: Buffer) => boolean;
  /** From slirp to the network. */
  readonly mayComeIn: (frame: Buffer) => boolean;
}

const pump = (from: Socket, to: Socket, sieve: (chunk: Buffer) => readonly Buffer[]): void => {
  from.on('data', (chunk: Buffer) => {
    let pieces: readonly Buffer[];
    try {
      pieces = sieve(chunk);
    } catch (error) {
      from.destroy(error as Error);
      return;
    }
    let isTaken = true;
    for (const piece of pieces) isTaken = to.write(piece) && isTaken;
    if (isTaken) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
};

/** One visitor at a time; a new one takes the place of the old. Resolves when it listens and QEMU is connected. */
export const startFrameRelay = async (options: RelayOptions): Promise<FrameRelay> => {
  const far = await new Promise<Socket>((resolve, reject) => {
    const socket = connect(options.connectPath, () => resolve(socket));
    socket.once('error', reject);
  });
  let near: Socket | undefined;
  const inwards = createFrameSieve(options.mayComeIn);
  // Frames of slirp with nobody there are lost, as on a cable that is out.
  far.on('data', (chunk: Buffer) => {
    let pieces: readonly Buffer[];
    try {
      pieces = inwards(chunk);
    } catch (error) {
      far.destroy(error as Error);
      return;
    }
    const target = near;
    if (!target) return;
    let isTaken = true;
    for (const piece of pieces) isTaken = target.write(piece) && isTaken;
    if (isTaken) return;
    far.pause();
    const goOn = (): void => void far.resume();
    target.once('drain', goOn).once('close', goOn);
  });
  // The end of QEMU is noticed where the process is watched.
  far.on('error', () => undefined);
  const server = createServer((socket) => {
    near?.destroy();
    near = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (near === socket) near = undefined;
    });
    pump(socket, far, createFrameSieve(options.mayGoOut));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.listenPath, resolve);
  });
  return {
    dispose: () => {
      server.close();
      near?.destroy();
      far.destroy();
      rmSync(options.listenPath, { force: true });
    },
  };
};
