import { describe, expect, it } from 'vitest';
import { createHostGuard } from './host-guard.ts';

const addresses = {
  subnet: '10.20.0.0/24',
  gateway: '10.20.0.1',
  dns: '10.20.0.3',
  hasDhcp: true,
  mayReachHost: false,
};
const prefix6 = Buffer.from('fd123456789a0001', 'hex');
const protocols = { icmp: 1, tcp: 6, udp: 17 } as const;

const ipv4 = (to: string, protocol: keyof typeof protocols, port = 0, fragment = 0): Buffer => {
  const frame = Buffer.alloc(14 + 20 + 20);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(fragment, 20);
  frame[23] = protocols[protocol];
  to.split('.').forEach((part, index) => frame.writeUInt8(Number(part), 30 + index));
  frame.writeUInt16BE(port, 36);
  // A connection is asked for.
  if (protocol === 'tcp') frame[47] = 0x02;
  return frame;
};
const ipv6 = (to: string, protocol: number, port = 0): Buffer => {
  const frame = Buffer.alloc(14 + 40 + 8);
  frame.writeUInt16BE(0x86dd, 12);
  frame[20] = protocol;
  Buffer.from(to, 'hex').copy(frame, 38);
  frame.writeUInt16BE(port, 56);
  return frame;
};

describe('frames to slirp', () => {
  const { mayGoOut: mayPass } = createHostGuard(addresses, prefix6);

  it.each([
    ['93.184.216.34', 'tcp', 443],
    ['192.168.1.10', 'tcp', 22],
    ['10.20.0.1', 'udp', 67],
    ['255.255.255.255', 'udp', 67],
    ['10.20.0.1', 'udp', 69],
    ['10.20.0.1', 'icmp', 0],
    ['10.20.0.3', 'udp', 53],
    ['10.20.0.3', 'tcp', 53],
  ] as const)('may go to %s by %s %i', (to, protocol, port) => {
    expect(mayPass(ipv4(to, protocol, port))).toBe(true);
  });

  it.each([
    ['10.20.0.1', 'tcp', 22],
    ['10.20.0.1', 'tcp', 53],
    ['10.20.0.1', 'udp', 631],
    ['10.20.0.3', 'tcp', 22],
    ['10.20.0.255', 'udp', 631],
    ['255.255.255.255', 'udp', 631],
    ['127.0.0.1', 'tcp', 22],
    ['127.9.9.9', 'icmp', 0],
    ['0.0.0.0', 'tcp', 22],
  ] as const)('may not go to %s by %s %i', (to, protocol, port) => {
    expect(mayPass(ipv4(to, protocol, port))).toBe(false);
  });

  it('may not go to this computer in a later fragment, whose port is not there', () => {
    expect(mayPass(ipv4('10.20.0.3', 'udp', 53, 0x0010))).toBe(false);
    expect(mayPass(ipv4('93.184.216.34', 'udp', 0, 0x0010))).toBe(true);
  });

  it('may go to IPv6 beyond slirp’s own network, and be neighbours', () => {
    const inside = 'fd123456789a00010000000000000001';
    expect(mayPass(ipv6('20010db8000000000000000000000001', 6, 443))).toBe(true);
    expect(mayPass(ipv6('ff0200000000000000000001ff000001', 58))).toBe(true);
    expect(mayPass(ipv6(inside, 58))).toBe(true);
    expect(mayPass(ipv6(inside, 17, 53))).toBe(true);
    expect(mayPass(ipv6(inside, 6, 22))).toBe(false);
    // An extension header in front hides what follows.
    expect(mayPass(ipv6(inside, 60, 53))).toBe(false);
    expect(mayPass(ipv6('fe800000000000000000000000000002', 6, 22))).toBe(false);
    expect(mayPass(ipv6('00000000000000000000000000000001', 6, 22))).toBe(false);
    expect(mayPass(ipv6('00000000000000000000ffff7f000001', 6, 22))).toBe(false);
  });

  it('may be ARP, but not a piece of a frame', () => {
    const arp = Buffer.alloc(42);
    arp.writeUInt16BE(0x0806, 12);
    expect(mayPass(arp)).toBe(true);
    expect(mayPass(Buffer.alloc(10))).toBe(false);
    expect(mayPass(ipv4('10.20.0.1', 'tcp', 22).subarray(0, 33))).toBe(false);
  });
});

describe('answers to what a forward brought', () => {
  const machine = (frame: Buffer, port: number): Buffer => {
    Buffer.from([10, 20, 0, 15]).copy(frame, 26);
    frame.writeUInt16BE(port, 34);
    return frame;
  };

  it('may pass when they belong to a connection, and open none', () => {
    const { mayGoOut } = createHostGuard(addresses);
    const withFlags = (flags: number): Buffer => {
      const frame = ipv4('10.20.0.1', 'tcp', 40_000);
      frame[47] = flags;
      return frame;
    };
    // SYN+ACK, ACK, PSH+ACK, FIN+ACK, RST.
    for (const flags of [0x12, 0x10, 0x18, 0x11, 0x04])
      expect(mayGoOut(withFlags(flags)), String(flags)).toBe(true);
    // SYN, with PSH, with the two flags of congestion control.
    for (const flags of [0x02, 0x0a, 0xc2])
      expect(mayGoOut(withFlags(flags)), String(flags)).toBe(false);
    expect(mayGoOut(withFlags(0x10).subarray(0, 40))).toBe(false);
  });

  it('may pass for a while when they are datagrams, to where those came from', () => {
    let time = 0;
    const { mayGoOut, look } = createHostGuard(addresses, undefined, () => time);
    const answer = (to: number, from = 514): Buffer => machine(ipv4('10.20.0.1', 'udp', to), from);
    expect(mayGoOut(answer(40_000))).toBe(false);
    const brought = ipv4('10.20.0.15', 'udp', 514);
    Buffer.from([10, 20, 0, 1]).copy(brought, 26);
    brought.writeUInt16BE(40_000, 34);
    look(brought);
    expect(mayGoOut(answer(40_000))).toBe(true);
    expect(mayGoOut(answer(40_001))).toBe(false);
    expect(mayGoOut(answer(40_000, 515))).toBe(false);
    time = 121_000;
    expect(mayGoOut(answer(40_000))).toBe(false);
  });
});

it('opens this computer’s loopback under the gateway’s address where its owner allows it', () => {
  const { mayGoOut: mayPass } = createHostGuard({ ...addresses, mayReachHost: true }, prefix6);
  expect(mayPass(ipv4('10.20.0.1', 'tcp', 22))).toBe(true);
  expect(mayPass(ipv4('10.20.0.3', 'tcp', 22))).toBe(false);
});

it('keeps DHCP from being asked where the plan has none, and IPv6 out', () => {
  const { mayGoOut: mayPass } = createHostGuard({ ...addresses, hasDhcp: false });
  expect(mayPass(ipv4('255.255.255.255', 'udp', 67))).toBe(false);
  expect(mayPass(ipv6('20010db8000000000000000000000001', 6, 443))).toBe(false);
});
