import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { interfaceNames, readInterfaces } from './uplinks.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ul-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const add = (
  name: string,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): void => {
  const folder = join(root, 'sys/class/net', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries({ type: '1', flags: '0x1003', ...files })) {
    writeFileSync(join(folder, file), `${content}\n`);
  }
  for (const [link, target] of Object.entries(links)) symlinkSync(target, join(folder, link));
};
const folderIn = (name: string, below: string): void => {
  mkdirSync(join(root, 'sys/class/net', name, below), { recursive: true });
};
const refusalOf = (name: string, support = { networkManager: false }): string | undefined =>
  readInterfaces(root, support).find((each) => each.name === name)?.refusal?.key;
const card = { address: '52:54:00:00:00:01', carrier: '1', ifindex: '2', iflink: '2' };

describe('network cards as uplinks', () => {
  it('a wired card can be one', () => {
    add('enp5s0', card);
    mkdirSync(join(root, 'proc/net'), { recursive: true });
    writeFileSync(
      join(root, 'proc/net/route'),
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nenp5s0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n',
    );
    expect(readInterfaces(root)).toEqual([
      {
        name: 'enp5s0',
        kind: 'ethernet',
        mac: '52:54:00:00:00:01',
        addresses: [],
        isUp: true,
        hasCarrier: true,
        isDefaultRoute: true,
        manager: 'unknown',
      },
    ]);
  });

  it('loopback, ifb and our own interfaces are not offered, but known by name', () => {
    add('lo', { type: '772' });
    add('pvb-lab', card);
    add('pvt01234567', card);
    add('ifb0', card);
    expect(readInterfaces(root)).toEqual([]);
    expect(interfaceNames(root).has('pvb-lab')).toBe(true);
  });

  it('Wi-Fi, VLAN interfaces, macvtap, Open vSwitch and bridges are refused, each with its sentence', () => {
    add('wlp2s0', { ...card, uevent: 'DEVTYPE=wlan' });
    add('enp5s0.10', { ...card, uevent: 'DEVTYPE=vlan' });
    add('mvt0', { ...card, uevent: 'DEVTYPE=macvtap' });
    add('enp6s0', card, { master: '../ovs-system' });
    add('br0', card);
    folderIn('br0', 'bridge');
    add('tap0', { ...card, tun_flags: '0x1002' });
    expect(refusalOf('wlp2s0')).toBe('network.refused.wifi');
    expect(refusalOf('enp5s0.10')).toBe('network.refused.vlanInterface');
    expect(refusalOf('mvt0')).toBe('network.refused.macvtap');
    expect(refusalOf('enp6s0')).toBe('network.refused.openVSwitch');
    expect(refusalOf('br0')).toBe('network.refused.isBridge');
    expect(refusalOf('tap0')).toBe('network.refused.notACard');
  });

  it('a card in a bridge of somebody else is theirs, in one of ours it is ours', () => {
    add('eth0', card, { master: '../br0' });
    add('eth1', card, { master: '../pvb-office' });
    expect(refusalOf('eth0')).toBe('network.refused.inBridge');
    expect(refusalOf('eth1')).toBeUndefined();
  });

  it('a card of NetworkManager needs the helper to work with it', () => {
    add('eth0', card);
    mkdirSync(join(root, 'run/NetworkManager/devices'), { recursive: true });
    writeFileSync(join(root, 'run/NetworkManager/devices/2'), '[device]\nmanaged=true\n');
    expect(readInterfaces(root)[0]?.manager).toBe('networkManager');
    expect(refusalOf('eth0')).toBe('network.refused.networkManager');
    expect(refusalOf('eth0', { networkManager: true })).toBeUndefined();
  });
});
