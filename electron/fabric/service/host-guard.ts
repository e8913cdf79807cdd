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

/** 16 bytes as text: `fd00…`, for comparing. */
const isLinkLocal = (address: Buffer): boolean =>
  address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;
/** ::, ::1 and IPv4 addresses written as IPv6. */
const isDisguised = (address: Buffer): boolean => address.subarray(0, 10).every((b) => b === 0);

const portOf = (frame: Buffer, at: number): number =>
  frame.length >= at + 4 ? frame.readUInt16BE(at + 2) : 0;

/**
 * Whether the frame may pass to slirp. `prefix6`: the first eight bytes of its IPv6 network, absent: no IPv6.
 * Addresses beyond slirp's own are none of its business. Never throws.
 */
export const createHostGuard = (
  addresses: GuardedAddresses,
  prefix6?: Buffer,
): ((frame: Buffer) => boolean) => {
  const { gateway, dns, hasDhcp, mayReachHost } = addresses;
  const { first, last } = toSubnet(addresses.subnet);
  const [gatewayNumber, dnsNumber] = [toNumber(gateway), toNumber(dns)];

  const mayPass4 = (frame: Buffer): boolean => {
    if (frame.length < ethernetHeader + 20) return false;
    const to = frame.readUInt32BE(ethernetHeader + 16);
    const protocol = frame[ethernetHeader + 9];
    const isFragment = (frame.readUInt16BE(ethernetHeader + 6) & 0x1fff) !== 0;
    const header = ((frame[ethernetHeader] ?? 0) & 15) * 4;
    const port = isFragment ? 0 : portOf(frame, ethernetHeader + header);
    const isDhcp = protocol === protocols.udp && port === ports.dhcp;
    if (isDhcp) return hasDhcp;
    const isLoopback = to >>> 24 === 127 || to >>> 24 === 0;
    const isInside = to >= first && to <= last;
    if (!isInside && !isLoopback && to !== 0xffffffff) return true;
    if (protocol === protocols.icmp) return !isLoopback;
    // Behind the name server is a resolver of this computer, and whatever else listens there.
    if (to === dnsNumber) return port === ports.dns;
    if (mayReachHost) return true;
    return to === gatewayNumber && protocol === protocols.udp && port === ports.tftp;
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

  return (frame) => {
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
};
