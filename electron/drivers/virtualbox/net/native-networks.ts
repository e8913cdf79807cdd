// Networks that VirtualBox carries out itself, with its kernel driver: NAT networks by our id as their name; host-only
// interfaces, whose names are VirtualBox's own; internal networks, which are there as soon as a machine names one.
import { failure, isFailure } from '../../../../shared/contract/errors.ts';
import type { Network, NetworkForward } from '../../../../shared/model/networks.ts';
import type { NetworkFacet } from '../../types.ts';
import { parseInterfaces } from '../host-interfaces.ts';
import type { MachineContext } from '../machine-context.ts';
import { refusalCode } from '../vboxmanage.ts';
import {
  dhcpWords,
  maskOf,
  natNetworkWords,
  parseNatNetworks,
  refusalOf,
  type NatNetworkFacts,
} from './nat-networks.ts';

type NetworkDeps = Pick<MachineContext, 'manage' | 'definitionOf'>;

const refused = (network: Network, reason: string, cause?: unknown): Error =>
  failure('network/native-failed', { name: network.name, reason }, { cause });

/** VirtualBox's own words, as ours. */
const inOurWords = (network: Network, error: unknown): Error => {
  if (isFailure(error, 'network/native-failed')) return error;
  const said = isFailure(error, 'virtualbox/refused') ? error.error.params['message'] : undefined;
  return refused(network, String(said ?? error), error);
};

/** Names that VirtualBox can give a host-only interface on Linux. */
const hostOnlyName = /^vboxnet\d{1,3}$/;

export const createNativeNetworks = (deps: NetworkDeps): NetworkFacet => {
  const { manage } = deps;
  const natNetworks = async (): Promise<readonly NatNetworkFacts[]> =>
    parseNatNetworks(await manage.read(['natnetwork', 'list']));
  const hostOnly = async (): Promise<readonly string[]> =>
    parseInterfaces(await manage.read(['list', 'hostonlyifs']));

  /** A forward to a NIC goes to the address that is reserved for it. */
  const addressOf =
    (network: Network) =>
    (to: NetworkForward['to']): string | undefined => {
      if (to.kind === 'address') return to.address;
      const nic = deps.definitionOf(to.vm)?.config.nics.find((row) => row.id === to.nic);
      return network.reservations.find((row) => row.mac === nic?.mac)?.address;
    };

  const removeDhcp = async (id: string): Promise<void> => {
    // "DHCP server does not exist".
    await manage.change(['dhcpserver', 'remove', `--network=${id}`]).catch(() => undefined);
  };

  const ensureNat = async (network: Network): Promise<void> => {
    const reason = refusalOf(network, addressOf(network));
    if (reason !== undefined) throw refused(network, reason);
    const present = (await natNetworks()).find((row) => row.name === network.id);
    await manage.change(natNetworkWords(network, present, addressOf(network)));
    await removeDhcp(network.id);
    const dhcp = dhcpWords(network);
    if (dhcp) await manage.change(dhcp);
  };

  const ensureHostOnly = async (network: Network): Promise<void> => {
    const before = await hostOnly();
    if (!before.includes(network.id)) {
      if (!hostOnlyName.test(network.id)) {
        const reason = 'VirtualBox calls its host-only interfaces vboxnet0, vboxnet1 and so on.';
        throw refused(network, reason);
      }
      await manage.change(['hostonlyif', 'create']);
      const made = (await hostOnly()).filter((name) => !before.includes(name));
      if (!made.includes(network.id)) {
        for (const name of made) await manage.change(['hostonlyif', 'remove', name]);
        throw refused(network, `VirtualBox would call it ${made.join(', ')}, not ${network.id}.`);
      }
    }
    const { ipv4 } = network;
    if (!ipv4) return;
    const address = ['--ip', ipv4.gateway, '--netmask', maskOf(ipv4.subnet)];
    await manage.change(['hostonlyif', 'ipconfig', network.id, ...address]);
  };

  return {
    list: async () => [
      ...(await natNetworks()).map(({ name }) => ({ id: name, kind: 'natNetwork' as const })),
      ...(await hostOnly()).map((name) => ({ id: name, kind: 'hostOnly' as const })),
    ],
    ensure: async (network) => {
      try {
        if (network.kind === 'natNetwork') await ensureNat(network);
        if (network.kind === 'hostOnly') await ensureHostOnly(network);
      } catch (error) {
        throw inOurWords(network, error);
      }
    },
    remove: async (network) => {
      try {
        if (network.kind === 'natNetwork') {
          await removeDhcp(network.id);
          const isThere = (await natNetworks()).some((row) => row.name === network.id);
          if (isThere) await manage.change(['natnetwork', 'remove', '--netname', network.id]);
        }
        if (network.kind === 'hostOnly' && (await hostOnly()).includes(network.id)) {
          await manage.change(['hostonlyif', 'remove', network.id]);
        }
      } catch (error) {
        if (refusalCode(error) === 'VBOX_E_OBJECT_NOT_FOUND') return;
        throw inOurWords(network, error);
      }
    },
  };
};
