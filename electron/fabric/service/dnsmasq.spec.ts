import { describe, expect, it } from 'vitest';
import { toNetworkId } from '../../../shared/model/networks.ts';
import { dhcpHosts, dnsNames, dnsmasqConfig, leaseRow, parseLeases } from './dnsmasq.ts';

const where = {
  interface: 'gw0',
  upstreamDns: '198.18.127.3',
  hosts: '/run/n/hosts',
  names: '/run/n/names',
  leases: '/run/n/leases',
};
const ipv4 = {
  subnet: '10.20.0.0/24',
  gateway: '10.20.0.1',
  dhcp: { first: '10.20.0.100', last: '10.20.0.200' },
};
const mac = (n: number): string => `52:54:00:00:00:0${n}`;

describe('the configuration', () => {
  it('serves the inner interface only', () => {
    const config = dnsmasqConfig({ ipv4 }, toNetworkId('Home_Lab'), where);
    expect(config.split('\n')).toEqual([
      'interface=gw0',
      'except-interface=lo',
      'bind-interfaces',
      'no-hosts',
      'no-resolv',
      'server=198.18.127.3',
      'bogus-priv',
      'domain=home-lab.internal',
      'local=/home-lab.internal/',
      'expand-hosts',
      'addn-hosts="/run/n/names"',
      'log-facility=-',
      'dhcp-leasefile="/run/n/leases"',
      'dhcp-range=10.20.0.100,10.20.0.200,255.255.255.0,10.20.0.255,12h',
      'dhcp-hostsfile="/run/n/hosts"',
      'dhcp-authoritative',
      'dhcp-option=option:router,10.20.0.1',
      'dhcp-option=option:dns-server,10.20.0.1',
      '',
    ]);
  });

  it('has no DHCP where the plan has none, and IPv6 where it has some', () => {
    const { dhcp: _none, ...plan } = ipv4;
    const spec = { ipv4: plan, ipv6: { prefix: 'fd12:3456:789a:1::/64' } };
    const config = dnsmasqConfig(spec, toNetworkId('lab'), where);
    expect(config).not.toContain('10.20.0.100');
    expect(config).toContain('enable-ra\ndhcp-range=fd12:3456:789a:1::0,ra-stateless,ra-names\n');
  });

  it('lets no path be more than a path', () => {
    const boot = (folder: string) =>
      dnsmasqConfig({ ipv4, networkBoot: { folder, file: 'a,b' } }, toNetworkId('lab'), where);
    expect(boot('/srv/"x"\\,eth0')).toContain('tftp-root="/srv/\\"x\\"\\\\,eth0"\n');
    expect(boot('/srv')).toContain('dhcp-boot="a,b"\n');
    expect(() => boot('/srv\ndhcp-script=/bin/evil')).toThrow('line end');
  });
});

describe('who is who', () => {
  it('has one line for each MAC, its own name before the machine’s', () => {
    const reservations = [
      { mac: mac(1), address: '10.20.0.50', name: 'web' },
      { mac: mac(2), address: '10.20.0.51' },
      { mac: mac(3), address: '10.20.0.52', name: 'x\n52:54:00:00:00:09,10.20.0.1' },
    ];
    const hosts = [
      { mac: mac(1), hostname: 'vm-one' },
      { mac: mac(2), hostname: 'vm-two' },
      { mac: mac(4), hostname: 'Vm Four, the last' },
      { mac: mac(5), hostname: '---' },
    ];
    expect(dhcpHosts(reservations, hosts).split('\n')).toEqual([
      '52:54:00:00:00:01,10.20.0.50,web',
      '52:54:00:00:00:02,10.20.0.51,vm-two',
      '52:54:00:00:00:03,10.20.0.52,x-52-54-00-00-00-09-10-20-0-1',
      '52:54:00:00:00:04,vm-four-the-last',
      '',
    ]);
  });

  it('leaves out names that are none', () => {
    const names = [
      { name: 'printer.lab', address: '10.20.0.77' },
      { name: 'a b', address: '10.20.0.78' },
      { name: 'six', address: 'fd12::6' },
    ];
    expect(dnsNames(names)).toBe('10.20.0.77 printer.lab\nfd12::6 six\n');
  });
});

describe('leases', () => {
  it('are read as dnsmasq writes them, without those of IPv6', () => {
    const text = [
      '1763900000 52:54:00:00:00:01 10.20.0.50 web 01:52:54:00:00:00:01',
      '0 52:54:00:00:00:02 10.20.0.100 * *',
      'duid 00:01:00:01:2e:b5',
      '1763900000 5 fd12::5 six 00:01',
      '',
    ].join('\n');
    expect(parseLeases(text)).toEqual([
      { mac: mac(1), address: '10.20.0.50', hostname: 'web', until: 1763900000000 },
      { mac: mac(2), address: '10.20.0.100' },
    ]);
    expect(parseLeases('half a li')).toEqual([]);
  });

  it('go into a row and back', () => {
    const [lease] = parseLeases('1763900000 52:54:00:00:00:01 10.20.0.50 web *');
    expect(lease && parseLeases(leaseRow(lease))).toEqual([lease]);
  });
});
