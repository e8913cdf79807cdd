// Network cards of this computer, as uplinks of bridges: what sysfs and the network managers' own files say.
// `root` is where /sys, /proc and /run are.
import { readlinkSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { basename, join } from 'node:path';
import { text, type Text } from '../../shared/model/text.ts';
import type { HostInterface } from '../../shared/model/networks.ts';
import { namesIn, readRoutes, readText } from './host-addresses.ts';

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

const linkName = (path: string): string | undefined => {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined;
  }
};

/** What of an interface decides whether it can be an uplink. */
export interface UplinkFacts {
  readonly name: string;
  readonly kind: HostInterface['kind'];
  /** DEVTYPE of the kernel: vlan, macvlan, macvtap, bridge, wlan … */
  readonly devType: string;
  readonly isTap: boolean;
  /** The bridge or other master it is in. */
  readonly master: string | undefined;
  readonly isOpenVSwitch: boolean;
  readonly manager: HostInterface['manager'];
}

/** Whether the helper can make a bridge through NetworkManager. */
export interface UplinkSupport {
  readonly networkManager: boolean;
}

const ours = /^pv[bt]/;

/** Why it cannot be an uplink; undefined: it can. */
export const uplinkRefusal = (facts: UplinkFacts, support: UplinkSupport): Text | undefined => {
  const { name: uplink, devType, master } = facts;
  if (facts.isOpenVSwitch) return text('network.refused.openVSwitch', { uplink });
  if (facts.kind === 'wifi') return text('network.refused.wifi', { uplink });
  if (devType === 'vlan') return text('network.refused.vlanInterface', { uplink });
  if (devType === 'macvlan' || devType === 'macvtap') {
    return text('network.refused.macvtap', { uplink });
  }
  if (facts.kind === 'bridge') return text('network.refused.isBridge', { uplink });
  if (facts.isTap || facts.kind !== 'ethernet') {
    return text('network.refused.notACard', { uplink });
  }
  if (master !== undefined && !ours.test(master)) {
    return text('network.refused.inBridge', { uplink, bridge: master });
  }
  if (facts.manager === 'networkManager' && !support.networkManager) {
    return text('network.refused.networkManager', { uplink });
  }
  return undefined;
};

/** NetworkManager and systemd-networkd each keep a readable file per interface they look after. */
const managerOf = (root: string, index: string): HostInterface['manager'] => {
  const devices = join(root, 'run/NetworkManager/devices');
  const links = join(root, 'run/systemd/netif/links');
  if (/^managed=true$/m.test(readText(join(devices, index)))) return 'networkManager';
  if (/^ADMIN_STATE=config/m.test(readText(join(links, index)))) return 'other';
  const isKnown = exists(devices) || exists(links);
  if (
    new RegExp(`^\\s*(auto|allow-hotplug)\\s`, 'm').test(
      readText(join(root, 'etc/network/interfaces')),
    )
  ) {
    return 'other';
  }
  return isKnown ? 'none' : 'unknown';
};

const kindOf = (folder: string, devType: string): HostInterface['kind'] => {
  if (devType === 'wlan' || exists(join(folder, 'phy80211')) || exists(join(folder, 'wireless'))) {
    return 'wifi';
  }
  if (exists(join(folder, 'bridge'))) return 'bridge';
  const isEthernet = readText(join(folder, 'type')).trim() === '1';
  const isVirtual = /^(vlan|macvlan|macvtap|bond|vxlan|wireguard)$/.test(devType);
  // A card has a device; a veth stands for one inside a container.
  const isCard = exists(join(folder, 'device')) || exists(join(folder, 'iflink'));
  return isEthernet && !isVirtual && isCard && !exists(join(folder, 'tun_flags'))
    ? 'ethernet'
    : 'other';
};

const addressesOf = (name: string): readonly string[] =>
  (networkInterfaces()[name] ?? []).flatMap(({ cidr }) => (cidr === null ? [] : [cidr]));

const IFF_UP = 1;

/** All but the loopback and what we made ourselves. */
export const readInterfaces = (
  root = '/',
  support: UplinkSupport = { networkManager: false },
): readonly HostInterface[] => {
  const defaults = new Set(
    readRoutes(root)
      .filter(({ prefix }) => prefix.length === 0)
      .map((route) => route.interface),
  );
  const all = join(root, 'sys/class/net');
  return namesIn(all).flatMap((name) => {
    const folder = join(all, name);
    const attribute = (key: string): string => readText(join(folder, key)).trim();
    if (name === 'lo' || attribute('type') === '772' || ours.test(name)) return [];
    // Traffic control's own; it leads nowhere.
    if (/^ifb\d+$/.test(name)) return [];
    const devType = /^DEVTYPE=(.*)$/m.exec(attribute('uevent'))?.[1] ?? '';
    const master = linkName(join(folder, 'master'));
    const isOpenVSwitch = master === 'ovs-system' || name === 'ovs-system';
    const kind = kindOf(folder, devType);
    const manager = managerOf(root, attribute('ifindex'));
    const isTap = exists(join(folder, 'tun_flags'));
    const facts = { name, kind, devType, isTap, master, isOpenVSwitch, manager };
    const refusal = uplinkRefusal(facts, support);
    const mac = attribute('address');
    return [
      {
        name,
        kind,
        ...(mac === '' ? {} : { mac }),
        addresses: root === '/' ? addressesOf(name) : [],
        isUp: (Number(attribute('flags')) & IFF_UP) !== 0,
        hasCarrier: attribute('carrier') === '1',
        isDefaultRoute: defaults.has(name),
        ...(master === undefined ? {} : { bridge: master }),
        manager,
        ...(refusal ? { refusal } : {}),
      },
    ];
  });
};

/** The bridge an interface is in. */
export const masterOf = (root: string, name: string): string | undefined =>
  linkName(join(root, 'sys/class/net', name, 'master'));

/** Names of all interfaces, ours too. */
export const interfaceNames = (root = '/'): ReadonlySet<string> =>
  new Set(namesIn(join(root, 'sys/class/net')));
