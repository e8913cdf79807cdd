// What VirtualBox's VNC server needs around it: a password, and a guard on the port it would open to everybody.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** The protocol cuts at eight characters, so each comes from all that can be typed, without blank or quotes. */
export const vncPasswordLength = 8;
const alphabet = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
  .filter((char) => !`"'\\\``.includes(char))
  .join('');

export const vncPassword = (): string =>
  Array.from({ length: vncPasswordLength }, () => alphabet[randomInt(alphabet.length)]).join('');

export interface HeldPort {
  /** False: somebody else has the port, so VirtualBox's extra listener may be open to the network: tell the user. */
  readonly isHeld: boolean;
  readonly release: () => Promise<void>;
}

/** VirtualBox's VNC server also listens here on every IPv6 address, whatever address it was given. */
export const extraVncPort = 5900;

/**
 * Holds [::1]:5900, IPv6 only. While it is held VirtualBox cannot open its extra listener, logs that and goes on.
 * Held until the machine's own VNC port answers; one start at a time.
 */
export const holdExtraVncPort = (port = extraVncPort): Promise<HeldPort> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve({ isHeld: false, release: () => Promise.resolve() }));
    server.listen({ host: '::1', port, ipv6Only: true, exclusive: true }, () =>
      resolve({
        isHeld: true,
        release: () =>
          new Promise((done) => {
            server.close(() => done());
          }),
      }),
    );
  });
