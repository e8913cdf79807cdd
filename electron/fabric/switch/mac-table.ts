// Which address was last seen at which port, per VLAN: with ageing, and with limits so that a guest that makes
// addresses up fills its own share and no more. What is not in the table is flooded, so forgetting is harmless.

export interface MacTableLimits {
  readonly ageMs: number;
  readonly entries: number;
  readonly perPort: number;
}
export const usualLimits: MacTableLimits = { ageMs: 300_000, entries: 8192, perPort: 1024 };

interface Entry<P> {
  port: P;
  seenAt: number;
}

export interface MacTable<P> {
  readonly learn: (domain: number, mac: number, port: P, now: number) => void;
  readonly find: (domain: number, mac: number, now: number) => P | undefined;
  readonly forgetPort: (port: P) => void;
  readonly size: () => number;
}

export const createMacTable = <P extends object>(limits = usualLimits): MacTable<P> => {
  const domains = new Map<number, Map<number, Entry<P>>>();
  const counts = new Map<P, number>();
  let size = 0;
  let sweptAt = Number.NEGATIVE_INFINITY;
  const count = (port: P, change: number): void => {
    size += change;
    const next = (counts.get(port) ?? 0) + change;
    if (next === 0) counts.delete(port);
    else counts.set(port, next);
  };
  const removeWhere = (isOut: (entry: Entry<P>) => boolean): void => {
    for (const [domain, entries] of domains) {
      for (const [mac, entry] of entries) {
        if (!isOut(entry)) continue;
        entries.delete(mac);
        count(entry.port, -1);
      }
      if (entries.size === 0) domains.delete(domain);
    }
  };
  const isOld = (entry: Entry<P>, now: number): boolean => now - entry.seenAt > limits.ageMs;
  const isFull = (port: P): boolean =>
    size >= limits.entries || (counts.get(port) ?? 0) >= limits.perPort;
  return {
    learn: (domain, mac, port, now) => {
      let entries = domains.get(domain);
      const known = entries?.get(mac);
      if (known?.port === port) {
        known.seenAt = now;
        return;
      }
      if (isFull(port)) {
        // A full table is looked through at most once a second.
        if (now - sweptAt < 1000) return;
        sweptAt = now;
        removeWhere((entry) => isOld(entry, now));
        if (isFull(port)) return;
        entries = domains.get(domain);
      }
      if (known && entries?.get(mac) === known) {
        count(known.port, -1);
        known.port = port;
        known.seenAt = now;
      } else {
        entries ??= new Map<number, Entry<P>>();
        domains.set(domain, entries);
        entries.set(mac, { port, seenAt: now });
      }
      count(port, 1);
    },
    find: (domain, mac, now) => {
      const entry = domains.get(domain)?.get(mac);
      return entry === undefined || isOld(entry, now) ? undefined : entry.port;
    },
    forgetPort: (port) => removeWhere((entry) => entry.port === port),
    size: () => size,
  };
};
