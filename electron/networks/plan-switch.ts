// Plans for NAT networks and internal networks on our own switch. Pure.
import { format } from '../../shared/i18n/format.ts';
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import type { NetworkPlan, PlanStep } from '../../shared/model/network-plan.ts';
import type { Vlan } from '../../shared/model/network.ts';
import type { Network } from '../../shared/model/networks.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { AppError } from '../../shared/contract/errors.ts';
import type { WayHere } from './host-tools.ts';
import { planned, plugOf, refused, type SharedInput } from './plan-parts.ts';
import { vlanText } from './vlan-text.ts';

const reasonOf = (error: AppError): string =>
  format(`error.${error.code}.body` as MessageKey, error.params);

type ServicePlan =
  | { readonly refusal: NetworkPlan }
  | { readonly steps: readonly PlanStep[]; readonly limits: readonly Text[] };

/** The service end of a NAT network; no other kind has one. */
export const serviceSteps = (network: Network, service: WayHere): ServicePlan => {
  if (network.kind !== 'natNetwork') return { steps: [], limits: [] };
  const { id, name } = network;
  if (!network.ipv4) return { refusal: refused('network.refused.noAddresses', { network: name }) };
  if (service.way === undefined) {
    const reason = reasonOf(service.because);
    return { refusal: refused('network.refused.noService', { reason }) };
  }
  const sentences = {
    namespace: 'network.step.serviceNamespace',
    gateway: 'network.step.serviceGateway',
  } as const;
  const { way } = service;
  const step: PlanStep = {
    kind: 'service',
    privilege: 'none',
    network: id,
    way,
    text: text(sentences[way], { network: name }),
  };
  const limits =
    way === 'gateway' && service.because
      ? [text('network.limit.gatewayNames', { reason: reasonOf(service.because) })]
      : [];
  return { steps: [step], limits };
};

export const switchStep = ({ id, name }: Network): PlanStep => ({
  kind: 'switch',
  privilege: 'none',
  network: id,
  text: text('network.step.switch', { network: name }),
});

const portTexts = {
  stream: ['network.step.portStream', 'network.step.portStreamVlan'],
  datagram: ['network.step.portDatagram', 'network.step.portDatagramVlan'],
} as const;

export const switchSteps = (
  network: Network,
  vlan: Vlan | undefined,
  { backend, host }: SharedInput,
): NetworkPlan => {
  const { id, name } = network;
  const plug = plugOf(backend, ['stream', 'datagram']);
  if (!plug) return refused('network.refused.noPlug', { engine: backend.title });
  const service = serviceSteps(network, host.service);
  if ('refusal' in service) return service.refusal;
  const [plain, tagged] = portTexts[plug];
  const sentence = vlan
    ? text(tagged, { network: name, vlan: vlanText(vlan) })
    : text(plain, { network: name });
  const port: PlanStep = {
    kind: 'port',
    privilege: 'none',
    network: id,
    plug,
    ...(vlan ? { vlan } : {}),
    text: sentence,
  };
  const limits = plug === 'datagram' ? [text('network.limit.datagram')] : [];
  if (vlan && network.kind === 'natNetwork') {
    limits.push(text('network.limit.vlanApart', { network: name }));
  }
  return planned([switchStep(network), ...service.steps, port], [...service.limits, ...limits]);
};
