// A QEMU without devices at the other end of a machine's datagrams: gives leases and files by TFTP, as a NAT network's
// service end does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectedUdp } from '../../../process/udp-pair.ts';
import type { NicPlug } from '../../types.ts';

export interface Gateway {
  readonly plug: NicPlug;
  /** The machine's port, once it is known. */
  readonly peer: () => number | undefined;
  readonly end: () => Promise<void>;
}

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const { port, close } = await connectedUdp(9);
  close();
  return port;
};

interface Server {
  readonly end: () => Promise<void>;
}
/** `netdev`: how it is reached. */
const serve = (folder: string, file: string, netdev: string): Server => {
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-nodefaults', '-display', 'none', '-M', 'none'],
      ...['-netdev', `user,id=u,tftp=${folder},bootfile=${file}`],
      ...['-netdev', 'hubport,id=h1,hubid=0,netdev=u'],
      ...['-netdev', netdev.replace(',', ',id=d,'), '-netdev', 'hubport,id=h2,hubid=0,netdev=d'],
    ],
    { stdio: 'inherit' },
  );
  const ended = once(child, 'exit');
  return {
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/** The machine at tap0, the server at tap1: taps of this user in one bridge. */
export const tapGateway = (folder: string, file: string): Gateway => ({
  ...serve(folder, file, 'tap,ifname=tap1,script=no,downscript=no'),
  peer: () => undefined,
  plug: { kind: 'tap', name: 'tap0' },
});

/** Serves `file` of `folder` for booting from the network. */
export const gateway = async (folder: string, file: string): Promise<Gateway> => {
  const switchPort = await freePort();
  let server: Server | undefined;
  let peer: number | undefined;
  return {
    peer: () => peer,
    end: async () => server?.end(),
    plug: {
      kind: 'datagram',
      switchPort,
      setPeer: (peerPort) => {
        peer = peerPort;
        const udp = (side: string, port: number): string =>
          `${side}.type=inet,${side}.host=127.0.0.1,${side}.port=${port}`;
        server = serve(folder, file, `dgram,${udp('local', switchPort)},${udp('remote', peerPort)}`);
        return Promise.resolve();
      },
    },
  };
};
