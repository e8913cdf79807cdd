// What nft, slirp4netns, ip and QEMU are told.
import { describe, expect, it } from 'vitest';
import { toNetworkId } from '../../../shared/model/networks.ts';
import { interfaceCommands } from './namespace-set-up.ts';
import { nftRules } from './nft.ts';
import { gatewayArgs } from './qemu-args.ts';
import { slirp4netnsArgs } from './slirp4netns.ts';

const ipv4 = {
  subnet: '10.20.0.0/24',
  gateway: '10.20.0.1',
  dhcp: { first: '10.20.0.100', last: '10.20.0.200' },
};
const ipv6 = { prefix: 'fd12:3456:789a:1::/64' };

describe('nft', () => {
  it('translates addresses, leads ports to machines, and keeps machines from slirp’s own addresses', () => {
    const rules = nftRules({ ipv4, mayReachHost: false }, [
      { protocol: 'tcp', outerPort: 20000, address: '10.20.0.50', port: 80 },
    ]);
    expect(rules).toBe(`table ip network {
}
delete table ip network
table ip network {
  chain before {
    type nat hook prerouting priority -100; policy accept;
    iifname "tap0" tcp dport 20000 dnat to 10.20.0.50:80
  }
  chain between {
    type filter hook forward priority 0; policy accept;
    iifname "gw0" ip daddr 198.18.127.0/24 ct state new,invalid drop
  }
  chain after {
    type nat hook postrouting priority 100; policy accept;
    oifname "tap0" ip saddr 10.20.0.0/24 masquerade
  }
}
`);
  });

  it('opens this computer’s loopback under the gateway’s address only where it may', () => {
    const rules = nftRules({ ipv4, mayReachHost: true }, []);
    expect(rules).toContain('ip daddr 10.20.0.1 tcp dport != 53 dnat to 198.18.127.2');
    expect(rules).toContain('ip daddr 10.20.0.1 udp dport != { 53, 67, 69 } dnat to 198.18.127.2');
    expect(rules.indexOf('ct status dnat accept')).toBeLessThan(rules.indexOf('drop'));
  });

  it('translates IPv6 where there is some', () => {
    const rules = nftRules({ ipv4, ipv6, mayReachHost: false }, []);
    expect(rules).toContain('oifname "tap0" ip6 saddr fd12:3456:789a:1::/64 masquerade');
  });
});

describe('slirp4netns', () => {
  it('configures an interface beside the network, with IPv6 where there is some', () => {
    expect(slirp4netnsArgs({ ipv4 }, 77, '/r/api')).toEqual([
      '--configure',
      '--mtu=65520',
      '--cidr=198.18.127.0/24',
      '--api-socket=/r/api',
      '--ready-fd=3',
      '77',
      'tap0',
    ]);
    expect(slirp4netnsArgs({ ipv4, ipv6 }, 77, '/r/api')).toContain('--enable-ipv6');
  });
});

describe('ip', () => {
  it('makes the inner interface', () => {
    expect(interfaceCommands({ ipv4, ipv6 }, toNetworkId('lab')).split('\n')).toEqual([
      'link set dev lo up',
      'tuntap add dev gw0 mode tap',
      'link set dev gw0 address 02:a5:11:46:d3:80',
      'address add 10.20.0.1/24 broadcast + dev gw0',
      'address add fd12:3456:789a:1::1/64 dev gw0 nodad',
      '',
    ]);
  });
});

describe('QEMU without devices', () => {
  it('joins slirp to a socket', () => {
    const args = gatewayArgs({ ipv4 }, { stream: '/r/a,b', qmp: '/r/qmp' }).join(' ');
    expect(args).toContain('-nodefaults -no-user-config -display none -M none');
    expect(args).toContain(
      ' -netdev hubport,id=h1,hubid=0,netdev=b' +
        ' -netdev stream,id=s,server=on,addr.type=unix,addr.path=/r/a,,b' +
        ' -netdev hubport,id=h2,hubid=0,netdev=s',
    );
  });

  it('is a gateway with the plan’s addresses', () => {
    const networkBoot = { folder: '/srv/a,b', file: 'boot.pxe' };
    const args = gatewayArgs({ ipv4, ipv6, networkBoot }, { stream: '/r/gw', qmp: '/r/qmp' });
    expect(args.find((arg) => arg.startsWith('user,'))).toBe(
      'user,id=b,ipv4=on,net=10.20.0.0/24,host=10.20.0.1,dns=10.20.0.3,dhcpstart=10.20.0.100' +
        ',ipv6=on,ipv6-prefix=fd12:3456:789a:1::0,ipv6-prefixlen=64' +
        ',ipv6-host=fd12:3456:789a:1::1,ipv6-dns=fd12:3456:789a:1::3' +
        ',tftp=/srv/a,,b,bootfile=boot.pxe',
    );
  });
});
