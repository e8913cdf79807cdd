// DHCP read from passing frames: slirp gives out addresses and tells nobody, so its leases are what it was seen to say.

/** What a frame says about who has which address. */
export type DhcpNews =
  | {
      readonly kind: 'lease';
      readonly mac: string;
      readonly address: string;
      /** Seconds; absent: none was said. */
      readonly seconds?: number;
    }
  | { readonly kind: 'hostname'; readonly mac: string; readonly hostname: string }
  | { readonly kind: 'release'; readonly mac: string };

const ethernetHeader = 14;
const udpHeader = 8;
/** Offsets in a BOOTP message. */
const bootp = { yiaddr: 16, chaddr: 28, cookie: 236, options: 240 } as const;
const magicCookie = 0x63825363;
const option = { pad: 0, hostname: 12, leaseTime: 51, messageType: 53, end: 255 } as const;
const messageType = { request: 3, ack: 5, release: 7 } as const;

const readOptions = (message: Buffer): ReadonlyMap<number, Buffer> => {
  const found = new Map<number, Buffer>();
  let at: number = bootp.options;
  while (at < message.length) {
    const code = message[at] ?? option.end;
    if (code === option.end) break;
    if (code === option.pad) {
      at += 1;
      continue;
    }
    const length = message[at + 1];
    if (length === undefined || at + 2 + length > message.length) break;
    found.set(code, message.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
};

/** The BOOTP message of an untagged Ethernet frame, and whether the server sent it. */
const bootpOf = (frame: Buffer): { message: Buffer; isFromServer: boolean } | undefined => {
  if (frame.length < ethernetHeader + 20 || frame.readUInt16BE(12) !== 0x0800) return undefined;
  const udp = ethernetHeader + ((frame[ethernetHeader] ?? 0) & 15) * 4;
  const isUdp = frame[ethernetHeader + 9] === 17;
  const isFirstFragment = (frame.readUInt16BE(ethernetHeader + 6) & 0x1fff) === 0;
  if (!isUdp || !isFirstFragment || frame.length < udp + udpHeader + bootp.options)
    return undefined;
  const [from, to] = [frame.readUInt16BE(udp), frame.readUInt16BE(udp + 2)];
  const isFromServer = from === 67 && to === 68;
  if (!isFromServer && !(from === 68 && to === 67)) return undefined;
  const message = frame.subarray(udp + udpHeader);
  const isWhole = message.readUInt32BE(bootp.cookie) === magicCookie && message[2] === 6;
  return isWhole ? { message, isFromServer } : undefined;
};

/** undefined: the frame says nothing of it. Never throws, whatever the frame holds. */
export const readDhcp = (frame: Buffer): DhcpNews | undefined => {
  const found = bootpOf(frame);
  if (!found) return undefined;
  const { message, isFromServer } = found;
  const options = readOptions(message);
  const type = options.get(option.messageType)?.[0];
  const mac = [...message.subarray(bootp.chaddr, bootp.chaddr + 6)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');
  if (isFromServer) {
    const address = [...message.subarray(bootp.yiaddr, bootp.yiaddr + 4)].join('.');
    // An answer to INFORM gives no address out.
    if (type !== messageType.ack || address === '0.0.0.0') return undefined;
    const time = options.get(option.leaseTime);
    const seconds = time?.length === 4 ? time.readUInt32BE(0) : undefined;
    return { kind: 'lease', mac, address, ...(seconds === undefined ? {} : { seconds }) };
  }
  if (type === messageType.release) return { kind: 'release', mac };
  const hostname = options.get(option.hostname)?.toString('latin1').replaceAll('\0', '');
  const isName = hostname !== undefined && /^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/.test(hostname);
  return type === messageType.request && isName ? { kind: 'hostname', mac, hostname } : undefined;
};
