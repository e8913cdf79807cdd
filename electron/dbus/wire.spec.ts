// The marshalling against a recorded message and by round trips of every type.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, messageTypes } from './message.ts';
import { socketPaths } from './connection.ts';
import { splitSignature, WireReader, WireWriter } from './wire.ts';

const roundTrip = (type: string, value: unknown): unknown => {
  const writer = new WireWriter();
  writer.put(type, value);
  return new WireReader(writer.bytes(), true).read(type);
};

describe('D-Bus wire format', () => {
  it('splits signatures into complete types', () => {
    expect(splitSignature('a{sv}i(s(ii))aav')).toEqual(['a{sv}', 'i', '(s(ii))', 'aav']);
  });

  it.each(['z', 'a', '(s', 'a{s'])('refuses the signature %s', (signature) => {
    expect(() => splitSignature(signature)).toThrow('not a D-Bus type');
  });

  it('carries nested values with their alignment', () => {
    const layout = [
      7,
      [
        ['label', { signature: 's', value: 'Größe' }],
        ['enabled', { signature: 'b', value: true }],
      ],
      [{ signature: '(ia{sv}av)', value: [2, [], []] }],
    ];
    expect(roundTrip('(ia{sv}av)', layout)).toEqual(layout);
  });

  it('carries any basic value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.boolean(),
        fc.double({ noNaN: true }),
        fc.integer({ min: 0, max: 255 }),
        (s, i, x, b, d, y) => {
          const value = [y, s, i, x, b, d];
          expect(roundTrip('(ysixbd)', value)).toEqual(value);
        },
      ),
    );
  });

  it('reads the big-endian order of another sender', () => {
    const bytes = Buffer.from([0, 0, 0, 2, 104, 105, 0]);
    expect(new WireReader(bytes, false).read('s')).toBe('hi');
  });

  it('refuses a value that ends too early', () => {
    expect(() => new WireReader(Buffer.from([9, 0, 0, 0, 104]), true).read('s')).toThrow(
      'ends too early',
    );
  });
});

describe('D-Bus messages', () => {
  const message = {
    type: messageTypes.call,
    serial: 3,
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'NameHasOwner',
    signature: 's',
    body: ['org.kde.StatusNotifierWatcher'],
  } as const;

  it('survive the wire, cut anywhere', () => {
    const bytes = encodeMessage(message);
    for (let at = 0; at < bytes.length; at += 1) {
      expect(decodeMessage(bytes.subarray(0, at))).toBeUndefined();
    }
    expect(decodeMessage(Buffer.concat([bytes, bytes]))).toEqual({
      length: bytes.length,
      message,
    });
  });

  it('without a body end at the header', () => {
    const { signature: _signature, body: _body, ...plain } = message;
    expect(encodeMessage(plain).length % 8).toBe(0);
  });
});

describe('bus addresses', () => {
  it('give socket paths, abstract ones with a leading zero', () => {
    expect(socketPaths('unix:path=/run/user/1000/bus,guid=ab')).toEqual(['/run/user/1000/bus']);
    expect(socketPaths('unix:abstract=/tmp/dbus-x;unix:path=/a%20b')).toEqual([
      '\0/tmp/dbus-x',
      '/a b',
    ]);
    expect(socketPaths('tcp:host=localhost,port=1')).toEqual([]);
  });
});
