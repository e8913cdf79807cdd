// What has to be done so that a NIC works where it is attached: (attachment x backend x host) -> steps or a refusal.
// Pure; the same plan is shown, carried out and undone.
import type { NetworkPlan, PlanStep } from '../../shared/model/network-plan.ts';
import type { NicAttachment } from '../../shared/model/network.ts';
import { text, type Text } from '../../shared/model/text.ts';
import { bridgeSteps } from './plan-bridge.ts';
import {
  isNative,
  nativeStep,
  planned,
  plugOf,
  refused,
  type PlanHost,
  type PlanInput,
  type SharedInput,
} from './plan-parts.ts';
import { switchSteps } from './plan-switch.ts';

const natPlan = (
  attachment: Extract<NicAttachment, { readonly kind: 'nat' }>,
  { nic, backend }: PlanInput,
): NetworkPlan => {
  const limits: Text[] = [];
  if (attachment.stack === 'passt') {
    if (plugOf(backend, ['passt'])) {
      const step: PlanStep = {
        kind: 'passt',
        privilege: 'none',
        text: text('network.step.passt'),
      };
      return planned([step], nic.bandwidthKbps ? [text('network.limit.nativeBandwidth')] : []);
    }
    limits.push(text('network.limit.passtNot', { engine: backend.title }));
  }
  const canClose = backend.networking?.canCloseLoopback === true;
  if (attachment.mayReachHost !== true && !canClose) limits.push(text('network.limit.hostReach'));
  if (nic.bandwidthKbps !== undefined) limits.push(text('network.limit.nativeBandwidth'));
  return planned([nativeStep('nat', text('network.step.nativeNat'))], limits);
};

type Shared = Extract<NicAttachment, { readonly kind: 'natNetwork' | 'internal' | 'hostOnly' }>;

const nativeShared = (attachment: Shared, name: string, { nic }: SharedInput): NetworkPlan => {
  if (attachment.vlan) return refused('network.refused.nativeVlan', { network: name });
  const limits = [text('network.limit.nativeAlone', { network: name })];
  // No hypervisor we know closes that way in a NAT network of its own; in the NAT of a single NIC some do.
  if (attachment.kind === 'natNetwork') limits.push(text('network.limit.hostReach'));
  if (nic.bandwidthKbps !== undefined) limits.push(text('network.limit.nativeBandwidth'));
  const step = nativeStep(attachment.kind, text('network.step.native', { network: name }));
  return planned([step], limits);
};

const sharedPlan = (attachment: Shared, input: SharedInput): NetworkPlan => {
  const network = input.networks.find(({ id }) => id === attachment.network);
  if (!network) {
    // The hypervisor may have one of this name that we did not make.
    return isNative(input.backend, attachment.kind)
      ? nativeShared(attachment, attachment.network, input)
      : refused('network.refused.unknown', { network: attachment.network });
  }
  const { name } = network;
  if (network.kind !== attachment.kind) return refused('network.refused.kind', { network: name });
  if (!network.isEnabled) return refused('network.refused.disabled', { network: name });
  if (isNative(input.backend, attachment.kind)) return nativeShared(attachment, name, input);
  return attachment.kind === 'hostOnly'
    ? bridgeSteps(network, attachment.vlan, input)
    : switchSteps(network, attachment.vlan, input);
};

const bridgedPlan = (
  attachment: Extract<NicAttachment, { readonly kind: 'bridged' }>,
  input: SharedInput,
): NetworkPlan => {
  const { uplink, vlan } = attachment;
  if (isNative(input.backend, 'bridged') && !vlan) {
    const sentence = text('network.step.nativeBridged', { uplink });
    const limits = input.nic.bandwidthKbps ? [text('network.limit.nativeBandwidth')] : [];
    return planned([nativeStep('bridged', sentence)], limits);
  }
  const network = input.networks.find((each) => each.kind === 'bridged' && each.uplink === uplink);
  if (!network) {
    const found = input.host.interfaces.find(({ name }) => name === uplink);
    if (found?.refusal) {
      return {
        kind: 'refused',
        reason: found.refusal,
        alternative: text('network.refused.uplink.alternative'),
      };
    }
    return found
      ? {
          kind: 'refused',
          reason: text('network.refused.noUplinkNetwork', { uplink }),
          alternative: text('network.refused.noUplinkNetwork.alternative', { uplink }),
        }
      : refused('network.refused.uplinkGone', { uplink });
  }
  if (!network.isEnabled) return refused('network.refused.disabled', { network: network.name });
  return bridgeSteps(network, vlan, input);
};

const lookedAt = (host: PlanHost | undefined): PlanHost => {
  if (!host) throw new Error('this computer was not looked at');
  return host;
};

/** What plugging this NIC in takes. */
export const planNic = (input: PlanInput): NetworkPlan => {
  const { attachment } = input.nic;
  const { host } = input;
  switch (attachment.kind) {
    case 'nat':
      return natPlan(attachment, input);
    case 'none':
      return planned([nativeStep('none', text('network.step.nothing'))]);
    case 'other':
      return planned([nativeStep('other', text('network.step.nativeOther'))]);
    case 'natNetwork':
    case 'internal':
    case 'hostOnly':
      return sharedPlan(attachment, { ...input, host: lookedAt(host) });
    case 'bridged':
      return bridgedPlan(attachment, { ...input, host: lookedAt(host) });
  }
};
