// The checks of networks for guests: good, bad, unreadable.
import { afterEach, describe, expect, it } from 'vitest';
import { tableExec } from '../__fixtures__/host-folder.ts';
import { expectCase, titled, type ProbeCase } from '../__fixtures__/probe-table.ts';
import { allProbes } from './all.ts';
import { netInterfaces, routes } from './net-interfaces.ts';
import { hostFolder } from '../__fixtures__/host-folder.ts';
import type { ProbeHost } from './probe.ts';

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));

const kernel = '6.17.4';
const running = { '/proc/sys/kernel/osrelease': kernel };
const modules = `/lib/modules/${kernel}/modules.dep`;
const head = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
const route = (name: string) => ({
  '/proc/net/route': `${head}${name}\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`,
});
const at = '/sys/class/net';
const wired = { [`${at}/eth0/device/x`]: '' };
const wireless = { [`${at}/wlan0/device/x`]: '', [`${at}/wlan0/phy80211/x`]: '' };
const bridge = (port: string, filtering = '0') => ({
  [`${at}/br0/bridge/vlan_filtering`]: `${filtering}\n`,
  [`${at}/br0/brif/${port}/x`]: '',
});
const docker = { [`${at}/docker0/bridge/vlan_filtering`]: '0' };
const unreadable = (path: string) => ({ [`${path}/x`]: '' });
const tun = '/dev/net/tun';
const vhost = '/dev/vhost-net';
const helper = '/usr/lib/qemu/qemu-bridge-helper';
const setUid = { [helper]: 0o4750 };
const list = '/etc/qemu/bridge.conf';
const ethtool = { '/usr/sbin/ethtool': '' };
const path: Partial<ProbeHost> = { env: { PATH: '/usr/sbin:/usr/bin' } };
const says = (stdout: string): Partial<ProbeHost> => ({
  ...path,
  exec: tableExec({ '/usr/sbin/ethtool': { stdout } }),
});
const filter = '/proc/sys/net/bridge/bridge-nf-call-iptables';
const ufw = '/etc/ufw/ufw.conf';
const ufwDefaults = '/etc/default/ufw';
const forwarding = '/proc/sys/net/ipv6/conf/all/forwarding';
const acceptRa = '/proc/sys/net/ipv6/conf/eth0/accept_ra';
const ping = '/proc/sys/net/ipv4/ping_group_range';

// prettier-ignore
const cases: readonly ProbeCase[] = [
  ['kvm.vhost', 'open', { files: { [tun]: '', [vhost]: '' } }, {}, 'good', 'vhostYes'],
  ['kvm.vhost', 'closed', { files: { [tun]: '', [vhost]: '' } }, { mayUse: async () => false }, 'info', 'vhostClosed'],
  ['kvm.vhost', 'one missing', { files: { [tun]: '' } }, {}, 'info', 'vhostNo'],
  ['net.helper', 'in order', { files: { [helper]: '', [list]: 'allow br0\n' }, modes: setUid }, {}, 'good', 'netHelperYes'],
  ['net.helper', 'no rights', { files: { [helper]: '', [list]: 'allow br0\n' } }, {}, 'info', 'netHelperNo'],
  ['net.helper', 'no list', { files: { [helper]: '' }, modes: setUid }, {}, 'info', 'netHelperList'],
  ['net.helper', 'an empty list', { files: { [helper]: '', [list]: '# allow br0\n' }, modes: setUid }, {}, 'info', 'netHelperList'],
  ['net.helper', 'unreadable list', { files: { [helper]: '', ...unreadable(list) }, modes: setUid }, {}, 'unknown'],
  ['net.helper', 'no helper', {}, {}, 'hidden'],
  ['net.bridge', 'with a card', { files: { ...wired, ...bridge('eth0') } }, {}, 'good', 'netBridgeYes'],
  ['net.bridge', 'with taps only', { files: { ...wired, ...bridge('tap0') } }, {}, 'info', 'netBridgeNo'],
  ['net.bridge', 'none', { files: wired }, {}, 'info', 'netBridgeNo'],
  ['net.bridge', 'unreadable', {}, {}, 'unknown'],
  ['net.mgr', 'one', { files: { '/run/NetworkManager/devices/x': '' } }, {}, 'info', 'netManager'],
  ['net.mgr', 'by netplan', { files: { '/run/systemd/netif/links/x': '', '/etc/netplan/01.yaml': '' } }, {}, 'info', 'netManagerPlan'],
  ['net.mgr', 'two', { files: { '/run/NetworkManager/devices/x': '', '/run/systemd/netif/links/x': '' } }, {}, 'info', 'netManagers'],
  ['net.mgr', 'none known', {}, {}, 'unknown'],
  ['net.wifi', 'is the way out', { files: { ...wireless, ...route('wlan0') } }, {}, 'info', 'netWifiYes'],
  ['net.wifi', 'is not', { files: { ...wired, ...wireless, ...route('eth0') } }, {}, 'good', 'netWifiNo'],
  ['net.wifi', 'no way out', { files: wireless }, {}, 'unknown'],
  ['net.wifi', 'no wireless card', { files: { ...wired, ...route('eth0') } }, {}, 'hidden'],
  ['net.macvtap', 'loaded', { files: { '/sys/module/macvtap/x': '' } }, {}, 'info', 'macvtapYes'],
  ['net.macvtap', 'can be loaded', { files: { ...running, [modules]: 'kernel/drivers/net/macvtap.ko:\n' } }, {}, 'info', 'macvtapYes'],
  ['net.macvtap', 'not in the kernel', { files: { ...running, [modules]: 'x.ko:\n' } }, {}, 'info', 'macvtapNo'],
  ['net.macvtap', 'unreadable', { files: running }, {}, 'unknown'],
  ['net.vlan.mod', 'loaded', { files: { '/proc/net/vlan/config': '' } }, {}, 'good', 'vlanYes'],
  ['net.vlan.mod', 'can be loaded', { files: { ...running, [modules]: 'kernel/net/8021q/8021q.ko.xz:\n' } }, {}, 'info', 'vlanNotLoaded'],
  ['net.vlan.mod', 'not in the kernel', { files: { ...running, [modules]: 'x.ko:\n' } }, {}, 'info', 'vlanNo'],
  ['net.vlan.mod', 'unreadable', { files: running }, {}, 'unknown'],
  ['net.vlan.br', 'filtering', { files: bridge('eth0', '1') }, {}, 'good', 'vlanBridgeYes'],
  ['net.vlan.br', 'not filtering', { files: bridge('eth0') }, {}, 'info', 'vlanBridgeNo'],
  ['net.vlan.br', 'unreadable', { files: { [`${at}/br0/bridge/x`]: '' } }, {}, 'unknown'],
  ['net.vlan.br', 'no bridge', { files: wired }, {}, 'hidden'],
  ['net.vlan.off', 'on', { files: { ...ethtool, ...wired, ...route('eth0') } }, says('Features for eth0:\nrx-vlan-offload: on\n'), 'info', 'vlanOffloadOn'],
  ['net.vlan.off', 'off, behind a bridge', { files: { ...ethtool, ...wired, ...bridge('eth0'), ...route('br0') } }, says('rx-vlan-offload: off [fixed]\n'), 'good', 'vlanOffloadOff'],
  ['net.vlan.off', 'says nothing of it', { files: { ...ethtool, ...wired, ...route('eth0') } }, says('x'), 'unknown'],
  ['net.vlan.off', 'failing', { files: { ...ethtool, ...wired, ...route('eth0') } }, { ...path, exec: tableExec({ '/usr/sbin/ethtool': 'failing' }) }, 'unknown'],
  ['net.vlan.off', 'no ethtool', { files: { ...wired, ...route('eth0') } }, path, 'hidden'],
  ['net.vlan.off', 'a wireless card', { files: { ...ethtool, ...wireless, ...route('wlan0') } }, path, 'hidden'],
  ['net.ovs', 'running', { files: { '/run/openvswitch/db.sock': '' } }, {}, 'good', 'ovsYes'],
  ['net.ovs', 'module only', { files: { '/sys/module/openvswitch/x': '' } }, {}, 'info', 'ovsModule'],
  ['net.ovs', 'none', {}, {}, 'hidden'],
  ['net.brnf', 'off', { files: { [filter]: '0\n' } }, {}, 'good', 'bridgeFilterOff'],
  ['net.brnf', 'on', { files: { [filter]: '1\n' } }, {}, 'info', 'bridgeFilterOn'],
  ['net.brnf', 'on, with Docker', { files: { [filter]: '1\n', ...docker } }, {}, 'warn', 'bridgeFilterDocker'],
  ['net.brnf', 'unreadable', { files: unreadable(filter) }, {}, 'unknown'],
  ['net.brnf', 'not loaded', {}, {}, 'hidden'],
  ['net.docker', 'beside libvirt', { files: { ...docker, [`${at}/virbr0/x`]: '' } }, {}, 'warn', 'netDockerBoth'],
  ['net.docker', 'alone', { files: docker }, {}, 'good', 'netDockerAlone'],
  ['net.docker', 'none', { files: wired }, {}, 'hidden'],
  ['net.fw', 'ufw drops', { files: { [ufw]: 'ENABLED=yes\n', [ufwDefaults]: 'DEFAULT_FORWARD_POLICY="DROP"\n' } }, {}, 'info', 'ufwDrops'],
  ['net.fw', 'ufw lets through', { files: { [ufw]: 'ENABLED=yes\n', [ufwDefaults]: 'DEFAULT_FORWARD_POLICY="ACCEPT"\n' } }, {}, 'good', 'ufwOpen'],
  ['net.fw', 'ufw is off', { files: { [ufw]: 'ENABLED=no\n' } }, {}, 'good', 'ufwOpen'],
  ['net.fw', 'firewalld', { files: { '/proc/40/comm': 'firewalld\n' } }, {}, 'info', 'firewalld'],
  ['net.fw', 'unreadable', { files: unreadable(ufw) }, {}, 'unknown'],
  ['net.fw', 'none', {}, {}, 'hidden'],
  ['net.ip6fwd', 'off and safe', { files: { [forwarding]: '0', [acceptRa]: '2', ...route('eth0') } }, {}, 'good', 'ip6ForwardingOff'],
  ['net.ip6fwd', 'off, would cut', { files: { [forwarding]: '0', [acceptRa]: '1', ...route('eth0') } }, {}, 'info', 'ip6ForwardingWould'],
  ['net.ip6fwd', 'on and cutting', { files: { [forwarding]: '1', [acceptRa]: '1', ...route('eth0') } }, {}, 'warn', 'ip6ForwardingCuts'],
  ['net.ip6fwd', 'on and safe', { files: { [forwarding]: '1', [acceptRa]: '2', ...route('eth0') } }, {}, 'good', 'ip6ForwardingOn'],
  ['net.ip6fwd', 'unreadable', { files: unreadable(forwarding) }, {}, 'unknown'],
  ['net.ip6fwd', 'no IPv6', {}, {}, 'hidden'],
  ['net.ping', 'allowed', { files: { [ping]: '0\t2147483647\n' } }, {}, 'good', 'pingYes'],
  ['net.ping', 'nobody', { files: { [ping]: '1\t0\n' } }, {}, 'info', 'pingNo'],
  ['net.ping', 'nobody but root', { files: { [ping]: '1\t0\n' } }, { user: { name: 'root', uid: 0, groups: [0] } }, 'good', 'pingYes'],
  ['net.ping', 'another group', { files: { [ping]: '5000\t6000\n' } }, {}, 'info', 'pingNo'],
  ['net.ping', 'unreadable', {}, {}, 'unknown'],
];

describe('checks of networks for guests', () => {
  it.each(titled(cases))('%s, %s', async (_, __, row) => {
    await expectCase(row, undo);
  });

  it('interfaces and routes are read as the kernel writes them', async () => {
    const folder = hostFolder({ ...wired, ...wireless, ...bridge('eth0'), ...route('br0') });
    undo.push(folder.remove);
    const found = await netInterfaces({ root: folder.root });
    expect(
      found?.map(({ name, isPhysical, isWireless, isBridge }) => [
        name,
        isPhysical,
        isWireless,
        isBridge,
      ]),
    ).toEqual([
      ['br0', false, false, true],
      ['eth0', true, false, false],
      ['wlan0', true, true, false],
    ]);
    expect(found?.[0]?.ports).toEqual(['eth0']);
    expect(await routes({ root: folder.root })).toEqual([
      { name: 'br0', destination: '00000000', mask: '00000000' },
    ]);
  });
});

it('every check has its cases in one of the tables', async () => {
  const { readFile } = await import('node:fs/promises');
  const tables = await Promise.all(
    ['probes', 'probes-more', 'probes-network', 'probes-virtualbox'].map((name) =>
      readFile(new URL(`./${name}.spec.ts`, import.meta.url), 'utf8'),
    ),
  );
  const all = tables.join('\n');
  const untested = allProbes.filter(({ id }) => !all.includes(`['${id}', '`)).map(({ id }) => id);
  // Tested on their own: the rows of a table, and the real disk.
  expect(untested.join(' ')).toBe('avl disk.free');
});
