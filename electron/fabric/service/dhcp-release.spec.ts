// The frame that gives an address back, byte by byte where others judge it.
import { expect, it } from 'vitest';
import { releaseFrame } from './dhcp-release.ts';
import { readDhcp } from './dhcp-snoop.ts';

it('gives back the address of a machine, to the server that gave it', () => {
  const frame = releaseFrame('52:54:00:ab:00:01', '10.20.0.50', '10.20.0.1');
  expect(readDhcp(frame)).toEqual({ kind: 'release', mac: '52:54:00:ab:00:01' });
  const ip = frame.subarray(14, 34);
  let sum = 0;
  for (let at = 0; at < ip.length; at += 2) sum += ip.readUInt16BE(at);
  expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff);
  expect(ip.readUInt16BE(2)).toBe(frame.length - 14);
  const bootp = frame.subarray(42);
  expect([...bootp.subarray(12, 16)]).toEqual([10, 20, 0, 50]);
  expect([...bootp.subarray(240, 250)]).toEqual([53, 1, 7, 54, 4, 10, 20, 0, 1, 255]);
  // The least that BOOTP allows.
  expect(bootp.length).toBe(300);
});
