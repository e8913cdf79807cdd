// The facts about this computer that plans and checks rest on, gathered where they are: tools once, interfaces each time.
import type { Vlan } from '../../shared/model/network.ts';
import type { HostInterface } from '../../shared/model/networks.ts';
import type { HostChange } from '../../shared/model/network-plan.ts';
import { lowestFreePort, portHolder } from '../process/host-ports.ts';
import { usedSubnets, type UsedSubnet } from './host-addresses.ts';
import { serviceWayHere, type NetworkTools } from './host-tools.ts';
import type { PlanHost } from './plan-parts.ts';
import { interfaceNames, masterOf, readInterfaces } from './uplinks.ts';

export interface NetworkHost {
  readonly tools: () => Promise<NetworkTools>;
  /** Programs may have been installed: they are looked for again when needed. */
  readonly forget: () => void;
  readonly plan: () => Promise<PlanHost>;
  readonly used: () => readonly UsedSubnet[];
  readonly interfaces: () => readonly HostInterface[];
  readonly names: () => ReadonlySet<string>;
  readonly ownBridges: () => ReadonlySet<string>;
  readonly lowestPort: () => number;
  readonly holderOf: typeof portHolder;
}

export interface NetworkHostDeps {
  /** Where /sys, /proc, /etc and /run are. */
  readonly root: string;
  readonly lookForTools: () => Promise<NetworkTools>;
  readonly changes: () => readonly HostChange[];
  readonly hasHelper: () => boolean;
}

const isThere = ({ standing }: HostChange): boolean =>
  standing === 'applied' || standing === 'awaiting';

export const createNetworkHost = (deps: NetworkHostDeps): NetworkHost => {
  const { root } = deps;
  let looked: Promise<NetworkTools> | undefined;
  const tools = (): Promise<NetworkTools> => (looked ??= deps.lookForTools());
  const names = (): ReadonlySet<string> => interfaceNames(root);
  const interfaces = (): readonly HostInterface[] => readInterfaces(root, { networkManager: true });

  const ownBridges = (): ReadonlySet<string> => {
    const present = names();
    return new Set(
      deps.changes().flatMap((change) => {
        const { request } = change;
        return request.verb === 'bridge.create' && isThere(change) && present.has(request.bridge)
          ? [request.bridge]
          : [];
      }),
    );
  };

  const taps = (present: ReadonlySet<string>): PlanHost['taps'] => {
    const found = new Map<string, { bridge?: string; vlan?: Vlan }>();
    for (const name of present) {
      if (!/^pvt[0-9a-f]{8}$/.test(name)) continue;
      const bridge = masterOf(root, name);
      found.set(name, bridge === undefined ? {} : { bridge });
    }
    for (const change of [...deps.changes()].sort((a, b) => a.at - b.at)) {
      const { request } = change;
      if (request.verb !== 'port.vlans' || !isThere(change)) continue;
      const tap = found.get(request.port);
      if (!tap) continue;
      if (request.vlan) tap.vlan = request.vlan;
      else delete tap.vlan;
    }
    return found;
  };

  return {
    tools,
    forget: () => {
      looked = undefined;
    },
    names,
    interfaces,
    ownBridges,
    used: () => usedSubnets(root),
    lowestPort: () => (process.getuid?.() === 0 ? 0 : lowestFreePort()),
    holderOf: portHolder,
    plan: async () => {
      const present = names();
      return {
        service: serviceWayHere(await tools()),
        interfaces: interfaces(),
        interfaceNames: present,
        ownBridges: ownBridges(),
        taps: taps(present),
        hasHelper: deps.hasHelper(),
      };
    },
  };
};
