import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatPrefix } from './addresses.ts';
import { parseLibvirtNetwork, parseRoutes4, parseRoutes6, usedSubnets } from './host-addresses.ts';

// Recorded on Debian 12, kernel 6.1; the rows of docker0, virbr0 and wg0 as their programs make them.
const route = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t0000FEA9\t00000000\t0001\t0\t0\t1000\t0000FFFF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
virbr0\t007AA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
wg0\t0000640A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
pvb-lab\t0038A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
const route6 = `fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
fd000000000000000000000000000002 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000004 00000000 80200001     eth0
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000003 00000000 00000001     eth0
`;
const libvirt = `<network>
  <name>isolated</name>
  <bridge name='virbr1' stp='on' delay='0'/>
  <ip address='192.168.100.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.100.2' end='192.168.100.254'/></dhcp>
  </ip>
  <ip family='ipv6' address='2001:db8:ca2:2::1' prefix='64'/>
</network>`;

let root = '';
const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ha-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('ranges this computer uses', () => {
  it('reads routes of both families', () => {
    expect(parseRoutes4(route).map(({ prefix }) => formatPrefix(prefix))).toContain('192.0.2.0/24');
    expect(parseRoutes6(route6).map(({ prefix }) => formatPrefix(prefix))).toContain('fd00::/64');
    expect(parseRoutes4('')).toEqual([]);
    expect(parseRoutes6('nonsense\n')).toEqual([]);
  });

  it('reads libvirt networks, which need not run', () => {
    expect(
      parseLibvirtNetwork(libvirt).map(({ prefix, name }) => [formatPrefix(prefix), name]),
    ).toEqual([
      ['192.168.100.0/24', 'isolated'],
      ['2001:db8:ca2:2::/64', 'isolated'],
    ]);
  });

  it('says whose each range is, and leaves out what is none', () => {
    put('proc/net/route', route);
    put('proc/net/ipv6_route', route6);
    put('etc/libvirt/qemu/networks/isolated.xml', libvirt);
    put('etc/docker/daemon.json', '{"default-address-pools":[{"base":"10.200.0.0/16","size":24}]}');
    expect(usedSubnets(root).map(({ prefix, by }) => [formatPrefix(prefix), by])).toEqual([
      ['192.168.100.0/24', 'libvirt'],
      ['2001:db8:ca2:2::/64', 'libvirt'],
      ['10.200.0.0/16', 'docker'],
      ['192.0.2.0/24', 'route'],
      ['172.17.0.0/16', 'docker'],
      ['192.168.122.0/24', 'libvirt'],
      ['10.100.0.0/16', 'route'],
      ['fd00::/64', 'route'],
    ]);
  });

  it('knows nothing where nothing can be read', () => {
    expect(usedSubnets(root)).toEqual([]);
  });
});
