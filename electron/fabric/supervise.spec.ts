// The service end of a network is started again when it dies, with what it was told, and gives up nothing.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failure, type AppError } from '../../shared/contract/errors.ts';
import { silentLogger } from '../log/logger.ts';
import type { FabricForward, NetworkService, ServiceSpec } from './protocol.ts';
import { supervise } from './supervise.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const spec: ServiceSpec = {
  way: 'gateway',
  ipv4: { subnet: '10.20.0.0/24', gateway: '10.20.0.1' },
  reservations: [],
  dnsNames: [],
  forwards: [],
  mayReachHost: false,
  programs: {},
};
const forward: FabricForward = {
  ...{ id: 'web', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 },
  to: { address: '10.20.0.5' },
};
const broken = failure('network/service-failed', { name: 'lab', reason: 'no' });

const stage = () => {
  const started: ServiceSpec[] = [];
  const states: string[] = [];
  const hosts: string[][] = [];
  let running = 0;
  let mayStart = true;
  let mayUpdate = true;
  let die = (_: AppError): void => undefined;
  const service: NetworkService = {
    update: () => (mayUpdate ? Promise.resolve() : Promise.reject(broken)),
    addForward: ({ hostPort }) => (hostPort === 1 ? Promise.reject(broken) : Promise.resolve()),
    removeForward: () => Promise.resolve(),
    leases: () => Promise.resolve([]),
    setHosts: (known) => hosts.push(known.map(({ hostname }) => hostname)),
    dispose: () => {
      running -= 1;
      return Promise.resolve();
    },
  };
  const supervised = supervise(spec, {
    start: (current, onEnded) => {
      if (!mayStart) return Promise.reject(broken);
      started.push(current);
      running += 1;
      die = (problem) => {
        running -= 1;
        onEnded(problem);
      };
      return Promise.resolve(service);
    },
    hosts: () => [{ mac: '52:54:00:00:00:01', hostname: 'one' }],
    onState: (state) => states.push(state),
    log: silentLogger,
  });
  return {
    ...{ supervised, started, states, hosts },
    running: () => running,
    die: () => die(broken.error),
    allow: (start: boolean, update = true) => {
      mayStart = start;
      mayUpdate = update;
    },
  };
};

it('starts it again with the forwards that were added meanwhile, and tells the hosts again', async () => {
  const { supervised, started, states, hosts, die } = stage();
  await supervised.start();
  await supervised.addForward(forward);
  await expect(supervised.addForward({ ...forward, id: 'x', hostPort: 1 })).rejects.toBe(broken);
  die();
  await vi.advanceTimersByTimeAsync(300);
  expect(states).toEqual(['restarting', 'up']);
  expect(started.at(-1)?.forwards).toEqual([forward]);
  expect(hosts).toEqual([['one'], ['one']]);
});

it('keeps trying with growing pauses, and takes what it is told in between', async () => {
  const { supervised, started, states, die, allow } = stage();
  await supervised.start();
  allow(false);
  die();
  await vi.advanceTimersByTimeAsync(10_000);
  const tries = states.filter((state) => state === 'failed').length;
  expect(tries).toBeGreaterThanOrEqual(4);
  expect(tries).toBeLessThanOrEqual(6);
  await supervised.addForward(forward);
  allow(true);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(states.at(-1)).toBe('up');
  expect(started.at(-1)?.forwards).toEqual([forward]);
});

it('rejects a first start that fails, without trying on', async () => {
  const { supervised, states, allow, running } = stage();
  allow(false);
  await expect(supervised.start()).rejects.toBe(broken);
  allow(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([states, running()]).toEqual([[], 0]);
});

it('changes in place, else anew, and goes back when the new one does not start', async () => {
  const { supervised, started, allow, running } = stage();
  await supervised.start();
  const other = { ...spec, mayReachHost: true };
  await supervised.update(other);
  expect([started.length, supervised.spec()]).toEqual([1, other]);
  allow(true, false);
  await supervised.update(spec);
  expect([started.length, running(), supervised.spec()]).toEqual([2, 1, spec]);
  allow(false, false);
  await expect(supervised.update(other)).rejects.toBe(broken);
  expect(supervised.spec()).toBe(spec);
  allow(true);
  await vi.advanceTimersByTimeAsync(31_000);
  expect([started.at(-1), running()]).toEqual([spec, 1]);
});

it('stays ended after dispose', async () => {
  const { supervised, die, running, started } = stage();
  await supervised.start();
  die();
  await supervised.dispose();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([running(), started.length]).toEqual([0, 1]);
});
