// Serial ports as VirtualBox names them, where ours are, and the history that is kept.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toVmId } from '../../../../shared/model/brand.ts';
import { createRing } from './ring.ts';
import { serialPath } from './serial-path.ts';
import { serialPortOf } from './serial.ts';

const portOf = (uart1: string, uartmode1: string): unknown =>
  serialPortOf({
    pairs: [
      { key: 'uart1', value: uart1 },
      { key: 'uartmode1', value: uartmode1 },
    ],
  });

it('tells sockets, files and everything else apart', () => {
  expect(portOf('off', '')).toEqual({ kind: 'none' });
  expect(serialPortOf({ pairs: [] })).toEqual({ kind: 'none' });
  expect(portOf('0x03f8,4', 'server,/run/a, b/s')).toEqual({ kind: 'socket', path: '/run/a, b/s' });
  expect(portOf('0x03f8,4', 'file,/tmp/x')).toEqual({ kind: 'file', path: '/tmp/x' });
  for (const mode of ['disconnected', 'client,/x', 'tcpserver,2000', '/dev/ttyS0']) {
    expect(portOf('0x03f8,4', mode)).toEqual({ kind: 'other', mode });
  }
});

it('keeps the socket’s path short', () => {
  const vm = toVmId('0d5b160c-1a4f-4cc2-ba1b-a387e68fcec0');
  expect(serialPath({ runtime: '/run/user/1000/polyvisor' }, vm)).toBe(
    '/run/user/1000/polyvisor/0d5b160c/serial',
  );
});

it('keeps exactly the last bytes, however they came', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 64 }), fc.nat(20), (all, limit, readAfter) => {
      const ring = createRing(limit);
      all.forEach((chunk, index) => {
        ring.push(chunk);
        if (index === readAfter) ring.bytes();
      });
      const whole = Buffer.concat(all);
      expect(ring.bytes()).toEqual(whole.subarray(Math.max(0, whole.length - limit)));
      expect(ring.length).toBe(Math.min(limit, whole.length));
    }),
  );
});
