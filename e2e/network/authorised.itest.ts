// What needs an authorisation, on a whole Debian host with systemd, polkit and NetworkManager: refused without one,
// granted with an administrator's password, and an uplink that goes back by itself when nobody says that all is well.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrivilegedStep } from '../../electron/networks/host-changes.ts';
import type { PrivilegedRequest } from '../../electron/privileged/requests.ts';
import type { HostChange } from '../../shared/model/network-plan.ts';
import { text } from '../../shared/model/text.ts';
import {
  logIn,
  showsNothing,
  startDebianGuest,
  whyNoDebian,
  type Person,
} from '../harness/debian/debian-guest.ts';
import type { LinuxGuest } from '../harness/linux/linux-guest.ts';
import { managerFiles, startManager, type Answer, type GuestManager } from './manager-in-guest.ts';
import { answered, installedFiles, installedHelper, nothing } from './net-helper.ts';

const bridge = 'pvb-office';
const tap = 'pvt-one';
const router = '10.0.2.2';
const own = '10.0.2.50/24';
const backAfter = 60;

let host: LinuxGuest;
let mia: Person;
let manager: GuestManager;
let managerCommand: string;

const step = (request: PrivilegedRequest): PrivilegedStep => ({
  kind: 'privileged',
  privilege: 'authorisation',
  request,
  command: [],
  text: text('network.step.bridgeCreate', { bridge }),
});
/** The uplink last: its time begins to run. */
const moveUplink = [
  step({ verb: 'bridge.create', bridge }),
  step({ verb: 'tap.create', tap, bridge }),
  step({ verb: 'port.vlans', port: tap, vlan: { mode: 'access', tag: 10 } }),
  step({ verb: 'uplink.attach', bridge, uplink: 'eth0', rollbackSeconds: backAfter }),
];

const status = async () => answered(await host.must(`${installedHelper} status`));
const reachesRouter = async (): Promise<boolean> =>
  (await host.run(`ping -c 1 -W 3 ${router}`)).exitCode === 0;
const addresses = (nic: string): Promise<string> => host.must(`ip -br -4 address show dev ${nic}`);
const standings = async (): Promise<Readonly<Record<string, string>>> => {
  const { result } = await manager.order({ do: 'list' });
  return Object.fromEntries(
    (result as readonly HostChange[]).map(({ request, standing }) => [request.verb, standing]),
  );
};

/** mia's terminal asks for ada's password as soon as the order needs one. */
const authorised = async (order: Promise<Answer>, password = 'ada'): Promise<Answer> => {
  const isAsked = mia.sees(/Password: /).then(() => true);
  if ((await Promise.race([isAsked, order])) === true) {
    await showsNothing(host);
    mia.type(password);
  }
  return order;
};
const start = async (): Promise<void> => {
  manager = await startManager(host, mia, managerCommand);
};
/** An agent for the manager, as a desktop has one for its session. It keeps the terminal. */
const startAgent = async (): Promise<void> => {
  const pipe = '/home/mia/agent';
  await host.must(`rm -f ${pipe}; mkfifo -m 666 ${pipe}`);
  mia.type(`pkttyagent --process ${manager.pid} --notify-fd 3 3>${pipe}`);
  // The agent closes it as soon as polkit knows it.
  await host.must(`cat ${pipe}`);
};

const isAsBefore = async (): Promise<void> => {
  expect(await addresses('eth0')).toContain(own);
  expect(await host.must('ip route')).toContain(`default via ${router} dev eth0`);
  expect(await host.must('ip -d link show eth0')).not.toContain('bridge_slave');
  expect(await reachesRouter()).toBe(true);
};
/**
 * From now on the move cuts the host off: its VLAN is gone from the uplink as soon as that is in the bridge. Looked at
 * inside, since the way back begins to count at once.
 */
const willCutOff = async (): Promise<void> => {
  const cut = `rm -f /run/cut
    until bridge vlan show dev eth0 | grep -q PVID; do sleep 0.1; done
    bridge vlan del dev eth0 vid 1
    until ip -4 address show dev ${bridge} | grep -q ${own}; do sleep 0.1; done
    ping -c 1 -W 3 ${router}; echo "ping says $?" >/run/cut`;
  await host.must(`(${cut}) >/dev/null 2>&1 &`);
};
const wasCutOff = async (): Promise<void> => {
  await expect
    .poll(async () => (await host.run('cat /run/cut')).output, { timeout: 60_000 })
    .toBe('ping says 1\n');
};
const goesBackByItself = async (): Promise<void> => {
  await expect.poll(() => addresses('eth0'), { timeout: 180_000, interval: 1000 }).toContain(own);
  await expect.poll(async () => (await status()).awaiting, { timeout: 90_000 }).toEqual([]);
  await isAsBefore();
};

describe.skipIf(whyNoDebian() !== undefined)('changes to a host', () => {
  beforeAll(async () => {
    const begun = Date.now();
    const files = await managerFiles();
    managerCommand = files.command;
    host = await startDebianGuest({
      installed: [...installedFiles(), ...files.installed],
      args: [
        ...['-netdev', 'user,id=n0', '-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:00:99:01'],
        ...['-netdev', 'user,id=n1,net=10.0.3.0/24'],
        ...['-device', 'virtio-net-pci,netdev=n1,mac=52:54:00:00:99:02'],
      ],
    });
    await host.must(`ip link set eth0 up; ip address add ${own} dev eth0
      ip route add default via ${router}`);
    mia = await logIn(host, 'mia');
    await start();
    console.log(`a host with a person and a manager: ${Date.now() - begun} ms`);
  });
  afterAll(async () => {
    await host?.dispose();
  });

  it('are refused where nobody can be asked', async () => {
    const { error } = await manager.order({ do: 'perform', steps: moveUplink });
    expect(error).toBe('privileged/refused');
    expect(await status()).toEqual(nothing);
    expect(await standings()).toEqual({});
    await isAsBefore();
  });

  it('are refused with a wrong password', async () => {
    await startAgent();
    const { error } = await authorised(
      manager.order({ do: 'perform', steps: moveUplink }),
      'not-the-password',
    );
    expect(error).toMatch(/^privileged\/(refused|cancelled)$/);
    expect(await status()).toEqual(nothing);
    await isAsBefore();
  });

  it('are made with the password of an administrator, and go back when the host is cut off', async () => {
    await willCutOff();
    const made = await authorised(manager.order({ do: 'perform', steps: moveUplink }));
    expect(made.error).toBeUndefined();
    const attached = (made.result as readonly HostChange[]).at(-1);
    expect(await standings()).toEqual({
      'bridge.create': 'applied',
      'uplink.attach': 'awaiting',
      'tap.create': 'applied',
      'port.vlans': 'applied',
    });
    await wasCutOff();
    const { result } = await manager.order({ do: 'connectivity', id: attached?.id ?? '' });
    expect(result).toMatchObject({
      checks: expect.arrayContaining([{ id: 'router', result: 'no' }]) as unknown,
    });
    await goesBackByItself();
    await expect
      .poll(standings, { timeout: 60_000 })
      .toMatchObject({ 'uplink.attach': 'undone', 'tap.create': 'applied' });
  });

  it('go back also when the manager is killed after them', async () => {
    await willCutOff();
    const again = moveUplink.slice(-1);
    expect(
      (await authorised(manager.order({ do: 'perform', steps: again }))).error,
    ).toBeUndefined();
    await host.must(`kill -9 ${manager.pid}`);
    await wasCutOff();
    await goesBackByItself();
    mia.type('\u0003');
    await start();
    await expect.poll(standings, { timeout: 60_000 }).toMatchObject({ 'uplink.attach': 'undone' });
  });

  it('stay when they are kept, until they are undone', async () => {
    await startAgent();
    const again = moveUplink.slice(-1);
    const { result } = await authorised(manager.order({ do: 'perform', steps: again }));
    const [attached] = result as readonly HostChange[];
    expect(await reachesRouter()).toBe(true);
    await authorised(manager.order({ do: 'keep', id: attached?.id ?? '' }));
    expect((await status()).awaiting).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, (backAfter + 3) * 1000));
    expect(await addresses(bridge)).toContain(own);
    expect(await standings()).toMatchObject({ 'uplink.attach': 'applied' });

    const { error } = await authorised(manager.order({ do: 'undoAll' }));
    expect(error).toBeUndefined();
    expect(await standings()).toEqual({});
    expect(await status()).toEqual(nothing);
    expect(await host.must('ip -br link')).not.toMatch(/pv[bt]-/);
    await isAsBefore();
  });
});
