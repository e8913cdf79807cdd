// Judges where a NIC is to be plugged in: its MAC among all machines, its VLANs, its uplink. Pure.
import { failure } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Nic, Vlan } from '../../shared/model/network.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { problem, type Problem } from './problem.ts';
import { isVlanTag } from './vlan-text.ts';

export const vlanProblem = (vlan: Vlan): Problem | undefined => {
  const tags =
    vlan.mode === 'access'
      ? [vlan.tag]
      : [...vlan.tags, ...(vlan.native === undefined ? [] : [vlan.native])];
  const wrong = tags.find((tag) => !isVlanTag(tag));
  if (wrong !== undefined) {
    return problem('attachment.vlan', failure('network/bad-vlan', { tag: `${wrong}` }));
  }
  return vlan.mode === 'trunk' && vlan.tags.length === 0
    ? problem('attachment.vlan', failure('network/empty-trunk', {}))
    : undefined;
};

/** Another NIC of any machine with this MAC address, by the machine's name. */
export const macOwner = (
  mac: string,
  self: { readonly vm: VmId; readonly nic: string },
  machines: readonly VmDefinition[],
): string | undefined =>
  machines.find(({ id, config }) =>
    config.nics.some((nic) => nic.mac === mac && (id !== self.vm || nic.id !== self.nic)),
  )?.name;

export const nicProblem = (
  nic: Nic,
  vm: VmId,
  machines: readonly VmDefinition[],
): Problem | undefined => {
  const other = macOwner(nic.mac, { vm, nic: nic.id }, machines);
  if (other !== undefined) {
    return problem('mac', failure('network/duplicate-mac', { mac: nic.mac, other }));
  }
  const { attachment } = nic;
  const vlan = 'vlan' in attachment ? (attachment.vlan as Vlan | undefined) : undefined;
  return vlan ? vlanProblem(vlan) : undefined;
};
