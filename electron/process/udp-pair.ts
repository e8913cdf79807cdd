// A UDP socket that talks to one port of this computer only, as a descriptor for another program: the kernel drops
// datagrams from anywhere else. Its number is found where the kernel tells it, since Node does not.
import { createSocket, type Socket } from 'node:dgram';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cLibrary } from './c-library.ts';

const loopback = '127.0.0.1';

/** As /proc/net/udp prints an address of IPv4: little-endian, then the port. */
const printed = (port: number): string =>
  `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;

const inodeOf = (localPort: number, remotePort: number): string | undefined =>
  readFileSync('/proc/self/net/udp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(
      ([, local, remote]) => local === printed(localPort) && remote === printed(remotePort),
    )?.[9];

const descriptorOf = (inode: string): number | undefined => {
  const folder = '/proc/self/fd';
  for (const fd of readdirSync(folder)) {
    try {
      if (readlinkSync(`${folder}/${fd}`) === `socket:[${inode}]`) return Number(fd);
    } catch {
      // The one that listed the folder is closed again.
    }
  }
  return undefined;
};

/** Of linux/udp.h: what is sent and received stays as it is, but ICMP errors are left to whoever made the tunnel. */
const levelUdp = 17;
const encapsulation = 100;
const l2tp = 3;

/**
 * Whoever holds it is not told when the peer is gone; what is sent then is lost. Who only waits for frames, as VirtualBox
 * does, would wake up for that error again and again. An old Linux tells it all the same.
 */
const ignoreRefusals = (fd: number): void => {
  try {
    const value = Buffer.alloc(4);
    value.writeInt32LE(l2tp);
    const words = 'int fd, int level, int name, const void *value, uint32_t length';
    cLibrary().func(`int setsockopt(${words})`)(fd, levelUdp, encapsulation, value, value.length);
  } catch {
    // No way to ask: it works, and is told.
  }
};

export interface ConnectedUdp {
  readonly fd: number;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Closes our descriptor; whoever was given it keeps theirs. */
  readonly close: () => void;
}

/** Bound to a free port of 127.0.0.1 and connected to `remotePort` there. */
export const connectedUdp = async (remotePort: number): Promise<ConnectedUdp> => {
  const socket: Socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, loopback, resolve);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(remotePort, loopback, resolve);
    });
    // Errors of a peer that is gone are for whoever holds the descriptor.
    socket.on('error', () => undefined);
    const { port } = socket.address();
    const inode = inodeOf(port, remotePort);
    const fd = inode === undefined ? undefined : descriptorOf(inode);
    if (fd === undefined) throw new Error(`the socket at port ${port} has no descriptor`);
    ignoreRefusals(fd);
    return { fd, port, close: () => socket.close() };
  } catch (error) {
    socket.close();
    throw error;
  }
};
