// What machines behind slirp may not send: slirp leads everything for its own addresses to this computer's loopback, and
// QEMU has no switch for that. So frames are looked at on their way there.
import { toNumber, toSubnet } from './addresses.ts';

export interface GuardedAddresses {
  readonly subnet: string;
  readonly gateway: string;
  readonly dns: string;
  readonly hasDhcp: boolean;
  readonly mayReachHost: boolean;
}

const ethernetHeader = 14;
const protocols = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 } as const;
const ports = { dns: 53, dhcp: 67, tftp: 69, dhcp6: 547 } as const;

const isLinkLocal = (address: Buffer): boolean =>
  address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;
/** ::, ::1 and IPv4 addresses written as IPv6. */
const isDisguised = (address: Buffer): boolean => address.subarray(0, 10).every((b) => b === 0);

const portOf = (frame: Buffer, at: number): number =>
  frame.length >= at + 4 ? frame.readUInt16BE(at + 2) : 0;

/** TCP flags: FIN, SYN, RST, ACK, URG; slirp opens a connection for SYN alone. */
const tcpFlags = { examined: 0x37, syn: 0x02 } as const;
/** How long an answer to a datagram may take. */
const answerWithinMs = 120_000;
const maxRemembered = 4096;

export interface HostGuard {
  /**
   * Whether a frame of a machine may pass to slirp. Addresses beyond slirp's own are none of its business. Never throws.
   */
  readonly mayGoOut: (frame: Buffer) => boolean;
  /** Looks at what slirp sends: a machine may answer datagrams that a forward brought it. */
  readonly look: (frame: Buffer) => void;
}

/**
 * `prefix6`: the first `prefix6`: the first eight bytes of slirp's IPv6 network, absent: no IPv6. `now` in milliseconds. */
export const createHostGuard = (
  addresses: GuardedAddresses,
  prefix6?: Buffer,
  now: () => number = () => performance.now(),
): HostGuard => {
  const { gateway, dns, hasDhcp, mayReachHost } = addresses;
  const { first, last } = toSubnet(addresses.subnet);
  const [gatewayNumber, dnsNumber] = [toNumber(gateway), toNumber(dns)];

  /** Datagrams from the gateway's address: machine, its port, the port they came from. */
  const answerable = new Map<string, number>();
  const look = (frame: Buffer): void => {
    if (frame.length < ethernetHeader + 28 || frame.readUInt16BE(12) !== 0x0800) return;
    const udp = ethernetHeader + ((frame[ethernetHeader] ?? 0) & 15) * 4;
    if (frame[ethernetHeader + 9] !== protocols.udp || frame.length < udp + 4) return;
    if (frame.readUInt32BE(ethernetHeader + 12) !== gatewayNumber) return;
    const to = frame.readUInt32BE(ethernetHeader + 16);
    const key = `${to} ${frame.readUInt16BE(udp + 2)} ${frame.readUInt16BE(udp)}`;
    answerable.delete(key);
    answerable.set(key, now());
    const [oldest] = answerable.keys();
    if (answerable.size > maxRemembered && oldest !== undefined) answerable.delete(oldest);
  };
  const isAnswer = (frame: Buffer, at: number): boolean => {
    if (frame.length < at + 4) return false;
    const from = frame.readUInt32BE(ethernetHeader + 12);
    const key = `${from} ${frame.readUInt16BE(at)} ${frame.readUInt16BE(at + 2)}`;
    return now() - (answerable.get(key) ?? -Infinity) < answerWithinMs;
  };

  /** To the gateway's address: what its own services and forwards need. */
  const mayReachGateway = (frame: Buffer, protocol: number, at: number): boolean => {
    if (protocol === protocols.udp) return portOf(frame, at) === ports.tftp || isAnswer(frame, at);
    const flags = frame[at + 13];
    return (
      protocol === protocols.tcp &&
      flags !== undefined &&
      (flags & tcpFlags.examined) !== tcpFlags.syn
    );
  };

  const mayPass4 = (frame: Buffer): boolean => {
    if (frame.length < ethernetHeader + 20) return false;
    const to = frame.readUInt32BE(ethernetHeader + 16);
    const protocol = frame[ethernetHeader + 9] ?? 0;
    const isFragment = (frame.readUInt16BE(ethernetHeader + 6) & 0x1fff) !== 0;
    const transport = ethernetHeader + ((frame[ethernetHeader] ?? 0) & 15) * 4;
    const port = isFragment ? 0 : portOf(frame, transport);
    const isDhcp = protocol === protocols.udp && port === ports.dhcp;
    if (isDhcp) return hasDhcp;
    const isLoopback = to >>> 24 === 127 || to >>> 24 === 0;
    const isInside = to >= first && to <= last;
    if (!isInside && !isLoopback && to !== 0xffffffff) return true;
    if (protocol === protocols.icmp) return !isLoopback;
    // Behind the name server is a resolver of this computer, and whatever else listens there.
    if (to === dnsNumber) return port === ports.dns;
    if (mayReachHost) return true;
    return to === gatewayNumber && !isFragment && mayReachGateway(frame, protocol, transport);
  };

  const mayPass6 = (frame: Buffer): boolean => {
    if (prefix6 === undefined || frame.length < ethernetHeader + 40) return false;
    const to = frame.subarray(ethernetHeader + 24, ethernetHeader + 40);
    const protocol = frame[ethernetHeader + 6];
    if (isDisguised(to)) return false;
    const isInside = to.subarray(0, 8).equals(prefix6) || isLinkLocal(to);
    if (protocol === protocols.icmp6 || !isInside || mayReachHost) return true;
    const port = portOf(frame, ethernetHeader + 40);
    const isTransport = protocol === protocols.udp || protocol === protocols.tcp;
    return isTransport && (port === ports.dns || port === ports.dhcp6);
  };

  const mayGoOut = (frame: Buffer): boolean => {
    if (frame.length < ethernetHeader) return false;
    switch (frame.readUInt16BE(12)) {
      case 0x0800:
        return mayPass4(frame);
      case 0x86dd:
        return mayPass6(frame);
      default:
        // ARP; slirp ignores the rest.
        return true;
    }
  };
  return { mayGoOut, look };
};
