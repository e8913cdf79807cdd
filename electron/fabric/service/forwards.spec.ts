import { describe, expect, it } from 'vitest';
import type { FabricForward, ServiceSpec } from '../protocol.ts';
import { createQueue, needsNewStart } from './common.ts';
import { forwardChanges, forwardTarget } from './forwards.ts';

const mac = '52:54:00:aa:00:01';
const forward = (id: string, hostPort: number): FabricForward => ({
  ...{ id, protocol: 'tcp', hostAddress: '', hostPort, to: { mac }, guestPort: 80 },
});

describe('a forward', () => {
  it('leads to the lease before the reservation, and nowhere without both', () => {
    const leases = [{ mac, address: '10.20.0.100' }];
    const reservations = [{ mac, address: '10.20.0.50' }];
    expect(forwardTarget({ mac }, leases, reservations)).toBe('10.20.0.100');
    expect(forwardTarget({ mac }, [], reservations)).toBe('10.20.0.50');
    expect(forwardTarget({ mac }, [], [])).toBeUndefined();
    expect(forwardTarget({ address: '10.20.0.9' }, leases, reservations)).toBe('10.20.0.9');
  });

  it('that changed is closed and opened, one that did not stays', () => {
    const changes = forwardChanges(
      [forward('a', 1), forward('b', 2), forward('c', 3)],
      [forward('a', 1), forward('b', 20), forward('d', 4)],
    );
    expect(changes).toEqual({ close: ['b', 'c'], open: [forward('b', 20), forward('d', 4)] });
  });
});

it('names, reservations and forwards change in place, the rest needs a new start', () => {
  const spec: ServiceSpec = {
    way: 'namespace',
    ipv4: { subnet: '10.20.0.0/24', gateway: '10.20.0.1' },
    reservations: [],
    dnsNames: [],
    forwards: [],
    mayReachHost: false,
    programs: {},
  };
  const same = {
    ...spec,
    reservations: [{ mac, address: '10.20.0.50' }],
    dnsNames: [{ name: 'a', address: '10.20.0.9' }],
    forwards: [forward('a', 1)],
    programs: { qemu: '/usr/bin/qemu-system-x86_64' },
  };
  expect(needsNewStart(spec, same)).toBe(false);
  expect(needsNewStart(spec, { ...spec, ipv4: { ...spec.ipv4 } })).toBe(false);
  expect(needsNewStart(spec, { ...spec, mayReachHost: true })).toBe(true);
  expect(needsNewStart(spec, { ...spec, way: 'gateway' })).toBe(true);
});

it('tasks follow each other, also after one that failed', async () => {
  const inTurn = createQueue();
  const seen: string[] = [];
  const task = (name: string, ms: number) => async (): Promise<void> => {
    await new Promise((done) => setTimeout(done, ms));
    seen.push(name);
    if (name === 'b') throw new Error('b');
  };
  const all = [inTurn(task('a', 10)), inTurn(task('b', 1)), inTurn(task('c', 0))];
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(seen).toEqual(['a', 'b', 'c']);
});
