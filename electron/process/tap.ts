// Opens a network interface of kind tap. Nothing is made here: the interface exists and belongs to this user.
import { closeSync, openSync } from 'node:fs';
import { failure, type AppFailure } from '../../shared/contract/errors.ts';
import { cLibrary } from './c-library.ts';

const device = '/dev/net/tun';

/** Of linux/if_tun.h: frames as they are, without a header before them. */
const setInterface = 0x400454ca;
const isTap = 0x0002;
const hasNoHeader = 0x1000;
/** struct ifreq: 16 bytes of name with a zero at the end, then the flags. */
const requestBytes = 40;
const nameBytes = 15;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'This computer has no /dev/net/tun: the kernel module tun is not loaded.',
  EACCES: 'You may not open /dev/net/tun.',
  EPERM: 'It is not there, or it belongs to somebody else.',
  EBUSY: 'Another program uses it.',
};

const refusal = (name: string, code: string, cause?: unknown): AppFailure =>
  failure(
    'network/refused',
    { name, reason: reasons[code] ?? `The kernel says ${code}.` },
    { cause },
  );

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/**
 * The descriptor of the tap interface `name`: one read or write is one Ethernet frame. The caller closes it. Throws
 * `network/refused`.
 */
export const openTap = (name: string): number => {
  if (!/^[\w.-]+$/.test(name) || name.length > nameBytes) throw refusal(name, 'EINVAL');
  const library = cLibrary();
  const ioctl = library.func('int ioctl(int fd, unsigned long request, ...)');
  let fd: number;
  try {
    fd = openSync(device, 'r+');
  } catch (error) {
    throw refusal(name, codeOf(error), error);
  }
  const request = Buffer.alloc(requestBytes);
  request.write(name, 'latin1');
  request.writeUInt16LE(isTap | hasNoHeader, nameBytes + 1);
  const outcome: unknown = ioctl(fd, setInterface, 'void *', request);
  if (outcome === 0) return fd;
  const code = library.lastError();
  closeSync(fd);
  throw refusal(name, code);
};
