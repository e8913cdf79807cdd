import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDhcp } from './dhcp-snoop.ts';
import { createSnoopedLeases } from './snooped-leases.ts';

const mac = '52:54:00:aa:00:01';

interface Given {
  readonly isFromServer: boolean;
  readonly type: number;
  readonly mac?: string;
  readonly yiaddr?: string;
  readonly options?: readonly (readonly [number, Buffer])[];
}
/** A DHCP frame as RFC 2131 lays it out. */
const frameOf = ({
  isFromServer,
  type,
  yiaddr = '0.0.0.0',
  options = [],
  ...rest
}: Given): Buffer => {
  const message = Buffer.alloc(240);
  message[0] = isFromServer ? 2 : 1;
  message[1] = 1;
  message[2] = 6;
  yiaddr.split('.').forEach((part, index) => message.writeUInt8(Number(part), 16 + index));
  Buffer.from((rest.mac ?? mac).replaceAll(':', ''), 'hex').copy(message, 28);
  message.writeUInt32BE(0x63825363, 236);
  const all = [[53, Buffer.from([type])] as const, ...options];
  const tail = all.map(([code, value]) =>
    Buffer.concat([Buffer.from([code, value.length]), value]),
  );
  const payload = Buffer.concat([message, ...tail, Buffer.from([255])]);
  const header = Buffer.alloc(14 + 20 + 8);
  header.writeUInt16BE(0x0800, 12);
  header[14] = 0x45;
  header[14 + 9] = 17;
  header.writeUInt16BE(isFromServer ? 67 : 68, 34);
  header.writeUInt16BE(isFromServer ? 68 : 67, 36);
  header.writeUInt16BE(8 + payload.length, 38);
  return Buffer.concat([header, payload]);
};
const seconds = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const ack = (yiaddr: string, from = mac): Buffer =>
  frameOf({ isFromServer: true, type: 5, yiaddr, mac: from, options: [[51, seconds(86_400)]] });

describe('a frame', () => {
  it('tells of a lease, a name, a release', () => {
    expect(readDhcp(ack('10.20.0.15'))).toEqual({
      kind: 'lease',
      mac,
      address: '10.20.0.15',
      seconds: 86_400,
    });
    const asks = frameOf({ isFromServer: false, type: 3, options: [[12, Buffer.from('vm-one')]] });
    expect(readDhcp(asks)).toEqual({ kind: 'hostname', mac, hostname: 'vm-one' });
    expect(readDhcp(frameOf({ isFromServer: false, type: 7 }))).toEqual({ kind: 'release', mac });
  });

  it('tells nothing where it gives no address: an offer, a refusal, an answer without address', () => {
    for (const [type, yiaddr] of [
      [2, '10.20.0.15'],
      [6, '0.0.0.0'],
      [5, '0.0.0.0'],
    ] as const)
      expect(readDhcp(frameOf({ isFromServer: true, type, yiaddr }))).toBeUndefined();
  });

  it('is not believed when a machine sends what only the server may', () => {
    const forged = ack('10.20.0.15');
    forged.writeUInt16BE(68, 34);
    forged.writeUInt16BE(67, 36);
    expect(readDhcp(forged)).toBeUndefined();
  });

  it('may be cut off anywhere, or be noise', () => {
    const whole = ack('10.20.0.15');
    for (let length = 0; length < whole.length; length += 1)
      expect(() => readDhcp(whole.subarray(0, length))).not.toThrow();
    let state = 1;
    for (let round = 0; round < 2000; round += 1) {
      const noisy = Buffer.from(whole);
      for (let change = 0; change < 6; change += 1) {
        state = (state * 1103515245 + 12345) % 2 ** 31;
        noisy[12 + (state % (noisy.length - 12))] = (state >> 8) & 255;
      }
      expect(() => readDhcp(noisy)).not.toThrow();
    }
  });
});

it('leases are kept for the next one, and an address has one machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sl-'));
  try {
    const path = join(folder, 'leases');
    let changes = 0;
    const leases = createSnoopedLeases(path, () => {
      changes += 1;
    });
    const other = '52:54:00:aa:00:02';
    leases.look(ack('10.20.0.15'));
    leases.look(ack('10.20.0.15', other));
    leases.look(ack('10.20.0.16'));
    expect(leases.list()).toMatchObject([
      { mac: other, address: '10.20.0.15' },
      { mac, address: '10.20.0.16' },
    ]);
    expect(changes).toBe(3);
    const next = createSnoopedLeases(path, () => undefined);
    expect(next.list().map(({ address }) => address)).toEqual(['10.20.0.15', '10.20.0.16']);
    next.look(frameOf({ isFromServer: false, type: 7 }));
    expect(next.list()).toMatchObject([{ mac: other }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
