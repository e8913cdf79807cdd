// The frame by which a machine gives its address back (DHCPRELEASE): said for one whose port goes to another network,
// so that its name and address are not known in the one it left. Pure.

const octets = (address: string): Buffer => Buffer.from(address.split('.').map(Number));

/** Sum of 16-bit words as IP wants it, in the twenty bytes of a header. */
const checksum = (header: Buffer): number => {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
};

/** From the machine to everybody, without a VLAN; `server` is who gave the address. */
export const releaseFrame = (mac: string, address: string, server: string): Buffer => {
  const hardware = Buffer.from(mac.replaceAll(':', ''), 'hex');
  const bootp = Buffer.alloc(240);
  // BOOTREQUEST over Ethernet.
  bootp.set([1, 1, 6, 0], 0);
  octets(address).copy(bootp, 12);
  hardware.copy(bootp, 28);
  bootp.writeUInt32BE(0x63825363, 236);
  const options = Buffer.concat([
    Buffer.from([53, 1, 7]),
    Buffer.from([54, 4]),
    octets(server),
    Buffer.from([255]),
  ]);
  const message = Buffer.concat([bootp, options, Buffer.alloc(60 - options.length)]);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(68, 0);
  udp.writeUInt16BE(67, 2);
  udp.writeUInt16BE(udp.length + message.length, 4);
  const ip = Buffer.alloc(20);
  ip.set([0x45, 0], 0);
  ip.writeUInt16BE(ip.length + udp.length + message.length, 2);
  ip.set([64, 17], 8);
  octets(address).copy(ip, 12);
  ip.fill(0xff, 16, 20);
  ip.writeUInt16BE(checksum(ip), 10);
  const ethernet = Buffer.concat([Buffer.alloc(6, 0xff), hardware, Buffer.from([0x08, 0x00])]);
  return Buffer.concat([ethernet, ip, udp, message]);
};
