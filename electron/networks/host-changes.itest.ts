// The journal, the broker and the real privileged program together, in a user and network namespace of an ordinary
// user, where root may change everything: with a veth pair for a network card.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostChange } from '../../shared/model/network-plan.ts';
import { text } from '../../shared/model/text.ts';
import type { Logger } from '../log/logger.ts';
import { createPrivilegedBroker } from '../privileged/broker.ts';
import { createExec, type Exec } from '../process/exec.ts';
import { createHostChanges, type HostChanges, type PrivilegedStep } from './host-changes.ts';

const source = join(import.meta.dirname, '..', '..', 'build/linux/net-helper');
const silent = (): undefined => undefined;
const quiet = { info: silent, warn: silent, error: silent } as unknown as Logger;
const why = text('job.hostChangeUndo');
const patient = { timeout: 60_000 };

/** Its own /run, and `up0` with addresses and routes, whose other end is `far0`. */
const setUp = `mount -t tmpfs tmpfs /run && ip link set lo up &&
ip link add name up0 type veth peer name far0 && ip link set far0 up &&
ip address add 192.168.50.5/24 dev up0 && ip address add fd00:50::5/64 dev up0 nodad && ip link set up0 up &&
ip route add default via 192.168.50.1 && ip route add 10.9.0.0/16 via 192.168.50.9 metric 55 &&
echo ready && exec sleep 3600`;

let folder: string;
let holder: ChildProcess;
let inside: readonly string[];
let table: Map<string, HostChange>;
let managers: HostChanges[];

const exec = createExec(quiet);
const ip = async (...args: readonly string[]): Promise<string> => {
  const [file = '', ...rest] = [...inside, 'ip', ...args];
  return (await exec(file, rest, { timeoutMs: 30_000 })).stdout;
};
const everything = async (): Promise<string> => {
  const looks = [
    ['-br', 'address', 'show', 'up0', 'scope', 'global'],
    ['route'],
    ['-6', 'route', 'show', 'dev', 'up0'],
    ['-br', 'link'],
  ];
  const found = [];
  for (const look of looks) found.push(await ip(...look));
  return found.join('\n');
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hc-'));
  cpSync(source, join(folder, 'helper'), { recursive: true });
  chmodSync(join(folder, 'helper'), 0o755);
  chmodSync(join(folder, 'helper/polyvisor-net-helper'), 0o755);
  table = new Map();
  managers = [];
  const flags = ['--user', '--map-root-user', '--net', '--mount'];
  holder = spawn('unshare', [...flags, 'sh', '-c', setUp], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(holder.stdout ?? holder, 'data')) as [Buffer];
  expect(line.toString()).toBe('ready\n');
  const target = ['--target', String(holder.pid), '--user', '--net', '--mount'];
  inside = ['nsenter', ...target, '--preserve-credentials', '--'];
  // The kernel says only later that they are up, and adds the routes that follow from it.
  await expect.poll(() => ip('-br', 'link'), patient).toMatch(/far0@up0 +UP [^]*up0@far0 +UP /);
  await expect.poll(() => ip('-6', 'route', 'show', 'dev', 'up0'), patient).toContain('fe80::/64');
});
afterEach(async () => {
  for (const manager of managers) manager.dispose();
  const isGone = holder.exitCode !== null || holder.signalCode !== null;
  const gone = isGone ? undefined : once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

const manager = (): HostChanges => {
  const helper = join(folder, 'helper/polyvisor-net-helper');
  const looking: Exec = (file, args, options) => {
    const [first = '', ...rest] = file === helper ? [...inside, file, ...args] : [file, ...args];
    return exec(first, rest, options);
  };
  const broker = createPrivilegedBroker(
    { exec: looking, log: quiet },
    {
      helper,
      elevate: [...inside, 'env', 'PKEXEC_UID=1000'],
      owners: [process.getuid?.() ?? 0],
    },
  );
  const made = createHostChanges({
    broker,
    stateDir: join(folder, 'state'),
    log: quiet,
    now: Date.now,
    connectivity: () => Promise.resolve({ checks: [] }),
    dispatch: (event) => {
      if (event.kind === 'hostChange') table.set(event.change.id, event.change);
      else table.delete(event.id);
    },
  });
  managers.push(made);
  return made;
};

const step = (request: PrivilegedStep['request']): PrivilegedStep => ({
  kind: 'privileged',
  privilege: 'authorisation',
  request,
  command: [],
  text: text('job.hostChangeUndo'),
});
const bridge = step({ verb: 'bridge.create', bridge: 'pvbr0' });
const uplink = (rollbackSeconds: number): PrivilegedStep =>
  step({ verb: 'uplink.attach', bridge: 'pvbr0', uplink: 'up0', rollbackSeconds });
const standings = (): readonly string[] =>
  [...table.values()].map((row) => `${row.request.verb} ${row.standing}`);

describe('changes of this computer', () => {
  it('moves an uplink, keeps it when told to, and puts everything back', async () => {
    const before = await everything();
    const changes = manager();
    await changes.settle();
    const rows = await changes.perform([bridge, uplink(15)], why);
    expect(standings()).toEqual(['bridge.create applied', 'uplink.attach awaiting']);
    const [made, moved] = rows;
    await changes.keep(moved?.id ?? '');
    expect(standings()).toEqual(['bridge.create applied', 'uplink.attach applied']);
    expect(await ip('-br', 'address', 'show', 'up0')).not.toContain('192.168.50.5');
    expect(await ip('-br', 'address', 'show', 'pvbr0')).toContain('192.168.50.5/24 fd00:50::5/64');
    const routes = await ip('route');
    expect(routes).toContain('default via 192.168.50.1 dev pvbr0');
    expect(routes).toContain('10.9.0.0/16 via 192.168.50.9 dev pvbr0 metric 55');
    // Longer than the helper would have waited.
    await new Promise((resolve) => setTimeout(resolve, 17_000));
    expect(await ip('-br', 'address', 'show', 'pvbr0')).toContain('192.168.50.5/24');
    await changes.undo(made?.id ?? '');
    await expect.poll(everything, patient).toBe(before);
    expect(standings()).toEqual([]);
    const kept = JSON.parse(
      readFileSync(join(folder, 'state/host-changes.json'), 'utf8'),
    ) as object;
    expect(kept).toMatchObject({ changes: [] });
  });

  it('goes back by itself when nobody keeps it, also when the manager died', async () => {
    const before = await everything();
    const first = manager();
    await first.settle();
    await first.perform([bridge, uplink(20)], why);
    first.dispose();
    const second = manager();
    table.clear();
    await second.settle();
    expect(standings()).toEqual(['bridge.create applied', 'uplink.attach awaiting']);
    await expect
      .poll(standings, { timeout: 120_000 })
      .toEqual(['bridge.create applied', 'uplink.attach undone']);
    expect(await ip('route')).toContain('default via 192.168.50.1 dev up0');
    await second.undoAll();
    expect(standings()).toEqual([]);
    await expect.poll(everything, patient).toBe(before);
  });

  it('goes back at once when told to', async () => {
    const changes = manager();
    const [, moved] = await changes.perform([bridge, uplink(300)], why);
    await changes.rollBack(moved?.id ?? '');
    expect(standings()).toEqual(['bridge.create applied']);
    expect(await ip('route')).toContain('default via 192.168.50.1 dev up0');
  });

  it('leaves nothing of a plan whose later step is refused, and names the reason', async () => {
    const before = await everything();
    const changes = manager();
    const taken = step({ verb: 'bridge.create', bridge: 'far0' });
    await expect(changes.perform([bridge, uplink(60), taken], why)).rejects.toMatchObject({
      error: { code: 'privileged/refused', params: { reason: 'far0 exists already.' } },
    });
    expect(standings()).toEqual([]);
    await expect.poll(everything, patient).toBe(before);
  });

  it('settles what a manager left begun by what is there', async () => {
    const first = manager();
    const [made] = await first.perform([bridge], why);
    first.dispose();
    const path = join(folder, 'state/host-changes.json');
    const other = { ...made, id: 'other', request: { verb: 'bridge.create', bridge: 'pvbr9' } };
    const changes = [made, other].map((row) => ({ ...row, standing: 'begun' }));
    writeFileSync(path, JSON.stringify({ version: 1, changes }));
    table.clear();
    const second = manager();
    await second.settle();
    expect(second.list().map(({ id, standing }) => [id, standing])).toEqual([
      [made?.id, 'applied'],
    ]);
    expect(standings()).toEqual(['bridge.create applied']);
  });
});
