// What privileged requests would do to this computer's interfaces, as lines for people: name, MAC address, addresses.
import type { NetworkInterfaceInfo } from 'node:os';
import type { PrivilegedRequest } from '../../shared/model/network-plan.ts';

interface Interface {
  readonly mac?: string | undefined;
  readonly addresses: readonly string[];
  readonly master?: string;
}
type Interfaces = ReadonlyMap<string, Interface>;

/** Link-local addresses stay where they are and tell nobody anything. */
const isTold = (row: NetworkInterfaceInfo): boolean => !row.address.startsWith('fe80:');

const line = ([name, { mac, addresses, master }]: readonly [string, Interface]): string =>
  [name, mac, ...addresses, ...(master === undefined ? [] : ['master', master])]
    .filter((word) => word !== undefined)
    .join(' ');

const applied = (there: Interfaces, request: PrivilegedRequest): Interfaces => {
  const next = new Map(there);
  const of = (name: string): Interface => next.get(name) ?? { addresses: [] };
  switch (request.verb) {
    case 'bridge.create':
      next.set(request.bridge, {
        addresses: request.address === undefined ? [] : [request.address],
      });
      break;
    case 'uplink.attach': {
      const card = of(request.uplink);
      const bridge = of(request.bridge);
      next.set(request.bridge, {
        mac: card.mac,
        addresses: [...bridge.addresses, ...card.addresses],
      });
      next.set(request.uplink, { mac: card.mac, addresses: [], master: request.bridge });
      break;
    }
    case 'uplink.detach': {
      const bridge = of(request.bridge);
      next.set(request.uplink, { mac: bridge.mac, addresses: bridge.addresses });
      next.set(request.bridge, { mac: bridge.mac, addresses: [] });
      break;
    }
    case 'tap.create':
      next.set(request.tap, { addresses: [], master: request.bridge });
      break;
    case 'bridge.remove':
      next.delete(request.bridge);
      break;
    case 'tap.remove':
      next.delete(request.tap);
      break;
    default:
  }
  return next;
};

const namesIn = (request: PrivilegedRequest): readonly string[] =>
  Object.entries(request)
    .filter(([key]) => ['bridge', 'uplink', 'tap', 'port'].includes(key))
    .map(([, value]) => String(value));

/** `host`: os.networkInterfaces(). Only the interfaces the requests name. */
export const beforeAndAfter = (
  requests: readonly PrivilegedRequest[],
  host: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): { readonly before: readonly string[]; readonly after: readonly string[] } => {
  const names = [...new Set(requests.flatMap(namesIn))].sort();
  const before: Interfaces = new Map(
    names.flatMap((name) => {
      const rows = host[name];
      if (!rows) return [];
      const addresses = rows.filter(isTold).flatMap((row) => row.cidr ?? []);
      return [[name, { mac: rows[0]?.mac, addresses }] as const];
    }),
  );
  let after = before;
  for (const request of requests) after = applied(after, request);
  const lines = (all: Interfaces): string[] =>
    [...all].sort(([a], [b]) => a.localeCompare(b)).map(line);
  return { before: lines(before), after: lines(after) };
};
