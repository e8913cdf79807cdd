// The leases that slirp was seen to give out, kept in a file so that they outlive an unexpected end.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { toEpochMs } from '../../../shared/model/brand.ts';
import type { Lease } from '../../../shared/model/networks.ts';
import { readDhcp } from './dhcp-snoop.ts';
import { leaseRow, parseLeases } from './dnsmasq.ts';

export interface SnoopedLeases {
  /** Looks at a frame; every frame of the network goes through here. */
  readonly look: (frame: Buffer) => void;
  /** Those that have not ended. */
  readonly list: () => readonly Lease[];
}

const readAll = (path: string): readonly Lease[] => {
  try {
    return parseLeases(readFileSync(path, 'utf8'));
  } catch {
    return []; // Nobody has one yet.
  }
};

export const createSnoopedLeases = (path: string, onChange: () => void): SnoopedLeases => {
  const leases = new Map(readAll(path).map((lease) => [lease.mac, lease]));
  const hostnames = new Map<string, string>();
  const list = (): readonly Lease[] =>
    [...leases.values()].filter(({ until }) => until === undefined || until > Date.now());
  const changed = (): void => {
    writeFileSync(`${path}.new`, list().map(leaseRow).join(''), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    onChange();
  };
  return {
    list,
    look: (frame) => {
      const news = readDhcp(frame);
      switch (news?.kind) {
        case undefined:
          return;
        case 'hostname':
          hostnames.set(news.mac, news.hostname);
          return;
        case 'release':
          if (leases.delete(news.mac)) changed();
          return;
        case 'lease': {
          const { mac, address, seconds } = news;
          const hostname = hostnames.get(mac);
          // One address has one machine: who had it before has left.
          for (const old of leases.values())
            if (old.address === address && old.mac !== mac) leases.delete(old.mac);
          leases.set(mac, {
            mac,
            address,
            ...(hostname === undefined ? {} : { hostname }),
            ...(seconds === undefined ? {} : { until: toEpochMs(Date.now() + seconds * 1000) }),
          });
          changed();
        }
      }
    },
  };
};
