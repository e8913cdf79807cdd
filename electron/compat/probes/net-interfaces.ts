// The network interfaces of this computer and its default route, from /sys and /proc.
import { isThere, lookAtFile, lookAtFolder } from './look.ts';
import type { ProbeHost } from './probe.ts';

export interface NetInterface {
  readonly name: string;
  /** A card or USB adapter, not something made by software. */
  readonly isPhysical: boolean;
  readonly isWireless: boolean;
  readonly isBridge: boolean;
  /** Members of a bridge. */
  readonly ports: readonly string[];
}

export interface Route {
  readonly name: string;
  /** As the kernel writes it: hexadecimal, lowest byte first; `00000000` = default. */
  readonly destination: string;
  readonly mask: string;
}

const folder = '/sys/class/net';
type Host = Pick<ProbeHost, 'root'>;

/** `undefined` = could not be read. */
export const netInterfaces = async (host: Host): Promise<readonly NetInterface[] | undefined> => {
  const look = await lookAtFolder(host, folder);
  if (look.kind !== 'read') return undefined;
  const names = look.text.split('\n').filter((name) => name !== '');
  return Promise.all(
    names.map(async (name) => {
      const at = `${folder}/${name}`;
      const [isPhysical, isWireless, isBridge, ports] = await Promise.all([
        isThere(host, `${at}/device`),
        isThere(host, `${at}/phy80211`),
        isThere(host, `${at}/bridge`),
        lookAtFolder(host, `${at}/brif`),
      ]);
      const members = ports.kind === 'read' ? ports.text.split('\n').filter((p) => p !== '') : [];
      return { name, isPhysical, isWireless, isBridge, ports: members };
    }),
  );
};

/** Sample line: `eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0`. `undefined` = could not be read. */
export const routes = async (host: Host): Promise<readonly Route[] | undefined> => {
  const look = await lookAtFile(host, '/proc/net/route');
  if (look.kind !== 'read') return undefined;
  return look.text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, destination, , , , , , mask] = line.trim().split(/\s+/);
      return name && destination && mask ? [{ name, destination, mask }] : [];
    });
};

/** The interface that leads to the internet. */
export const defaultInterface = async (host: Host): Promise<string | undefined> =>
  (await routes(host))?.find(
    ({ destination, mask }) => destination === '00000000' && mask === '00000000',
  )?.name;

export const describeInterface = (at: NetInterface): string => {
  const kinds = [
    ...(at.isPhysical ? ['card'] : []),
    ...(at.isWireless ? ['wireless'] : []),
    ...(at.isBridge ? [`bridge of ${at.ports.join(' ') || 'nothing'}`] : []),
  ];
  return `${at.name}: ${kinds.join(', ') || 'made by software'}`;
};
