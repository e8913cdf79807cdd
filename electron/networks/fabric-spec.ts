// What the fabric is told about a network and its ports, from the model. Pure.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { VmId } from '../../shared/model/brand.ts';
import type { Nic, Vlan } from '../../shared/model/network.ts';
import type {
  Network,
  NetworkForward,
  NetworkId,
  ServiceWay,
} from '../../shared/model/networks.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { Endpoint, FabricForward, FabricPort, ServiceSpec } from '../fabric/protocol.ts';
import { hostnameOf } from './names.ts';

/** Short, since socket paths end at 107 bytes; the same at every start, so that a port finds its machine again. */
export const plugPath = (runtimeDir: string, vm: VmId, nic: string): string => {
  const name = createHash('sha256').update(`${vm}/${nic}`).digest('hex').slice(0, 10);
  return join(runtimeDir, 'plugs', name);
};

/** The network a NIC is attached to on our switch. */
export const networkOf = ({ attachment }: Nic): string | undefined =>
  attachment.kind === 'natNetwork' || attachment.kind === 'internal'
    ? attachment.network
    : undefined;

const vlanOf = ({ attachment }: Nic): Vlan | undefined =>
  attachment.kind === 'natNetwork' || attachment.kind === 'internal' ? attachment.vlan : undefined;

/** Under which name a NIC is known in its network; the first machine of a name has it, others get a suffix. */
export const hostnameIn = (
  network: string,
  vm: VmDefinition,
  nic: Nic,
  machines: readonly VmDefinition[],
): string | undefined => {
  const label = hostnameOf(vm.name);
  if (label === undefined) return undefined;
  const isIn = (each: Nic): boolean => networkOf(each) === network;
  const isTaken = machines.some(
    (other) => other.id < vm.id && hostnameOf(other.name) === label && other.config.nics.some(isIn),
  );
  const isFirst = vm.config.nics.find(isIn)?.id === nic.id;
  const suffix = [isTaken ? vm.id.slice(0, 4) : '', isFirst ? '' : nic.id].filter(Boolean);
  return [label.slice(0, 40), ...suffix].join('-');
};

/** Undefined: its machine is not there. */
export const fabricForward = (
  forward: NetworkForward,
  machines: readonly VmDefinition[],
): FabricForward | undefined => {
  const { id, protocol, hostAddress, hostPort, guestPort, to } = forward;
  const base = { id, protocol, hostAddress, hostPort, guestPort };
  if (to.kind === 'address') return { ...base, to: { address: to.address } };
  const nic = machines
    .find((machine) => machine.id === to.vm)
    ?.config.nics.find((each) => each.id === to.nic);
  return nic && { ...base, to: { mac: nic.mac } };
};

/** Only for a network with addresses. */
export const serviceSpec = (
  network: Network,
  way: ServiceWay,
  programs: Readonly<Record<string, string>>,
  machines: readonly VmDefinition[],
): ServiceSpec | undefined => {
  const { ipv4, ipv6, reservations, dnsNames, forwards, mayReachHost, networkBoot } = network;
  if (!ipv4) return undefined;
  return {
    way,
    ipv4,
    ...(ipv6 ? { ipv6 } : {}),
    reservations: [...reservations],
    dnsNames: [...dnsNames],
    forwards: forwards.flatMap((forward) => fabricForward(forward, machines) ?? []),
    mayReachHost,
    ...(networkBoot ? { networkBoot } : {}),
    programs: { ...programs },
  };
};

export const fabricPort = (
  network: NetworkId,
  vm: VmDefinition,
  nic: Nic,
  endpoint: Endpoint,
  machines: readonly VmDefinition[],
): FabricPort => {
  const hostname = hostnameIn(network, vm, nic, machines);
  const vlan = vlanOf(nic);
  return {
    network,
    vm: vm.id,
    nic: nic.id,
    mac: nic.mac,
    ...(hostname === undefined ? {} : { hostname }),
    endpoint,
    ...(vlan ? { vlan } : {}),
    isCableConnected: nic.isCableConnected,
    ...(nic.bandwidthKbps === undefined ? {} : { bandwidthKbps: nic.bandwidthKbps }),
  };
};
