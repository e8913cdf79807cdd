// Judges port forwards: of a network, and against those of all machines and networks. Pure; who listens is asked.
import { failure, type AppFailure } from '../../shared/contract/errors.ts';
import { format } from '../../shared/i18n/format.ts';
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import type { Network, NetworkForward, NetworkId } from '../../shared/model/networks.ts';
import { isLive, type PowerState } from '../../shared/model/power.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { Listener } from '../process/host-ports.ts';
import { isUsableIpv4, parseIpv4, parsePrefix } from './addresses.ts';
import { problem, type NetworkDraft, type Problem } from './problem.ts';

export interface ListenerFacts {
  readonly networks: readonly Network[];
  readonly machines: readonly VmDefinition[];
  readonly powerOf: (machine: VmDefinition) => PowerState;
  /** Ports below it are the administrator's. */
  readonly lowestPort: number;
  /** A program that listens there now; undefined: none. */
  readonly holderOf: (listener: Listener) => string | undefined;
}

const isAny = (address: string): boolean =>
  address === '' || address === '0.0.0.0' || address === '::';

export const isSameListener = (a: Listener, b: Listener): boolean =>
  a.protocol === b.protocol &&
  a.hostPort === b.hostPort &&
  (a.hostAddress === b.hostAddress || isAny(a.hostAddress) || isAny(b.hostAddress));

/** The network or running machine that has the listener already, by name. */
export const listenerOwner = (
  listener: Listener,
  facts: ListenerFacts,
  self?: NetworkId,
): string | undefined => {
  const network = facts.networks.find(
    (each) =>
      each.id !== self &&
      each.isEnabled &&
      each.forwards.some((forward) => isSameListener(forward, listener)),
  );
  if (network) return network.name;
  return facts.machines.find(
    (machine) =>
      isLive(facts.powerOf(machine)) &&
      machine.config.nics.some(
        ({ attachment }) =>
          attachment.kind === 'nat' &&
          attachment.forwards.some((forward) => isSameListener(forward, listener)),
      ),
  )?.name;
};

/** Why nothing of ours could listen there now. */
export const listenerProblem = (
  listener: Listener,
  facts: ListenerFacts,
  self?: NetworkId,
): AppFailure | undefined => {
  const { hostPort: port } = listener;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    const reason = format('network.reason.port', { port });
    return failure('network/bad-forward', { reason });
  }
  const protocol = listener.protocol.toUpperCase();
  const owner = listenerOwner(listener, facts, self);
  if (owner !== undefined) return failure('network/port-taken', { protocol, port, by: owner });
  if (port < facts.lowestPort) {
    return failure('network/port-privileged', { port, lowest: facts.lowestPort });
  }
  const by = facts.holderOf(listener);
  return by === undefined ? undefined : failure('network/port-taken', { protocol, port, by });
};

const targetReason = (
  draft: NetworkDraft,
  id: NetworkId,
  { to }: NetworkForward,
  machines: readonly VmDefinition[],
): string | undefined => {
  if (to.kind === 'nic') {
    const { vm, nic } = to;
    const attachment = machines
      .find((machine) => machine.id === vm)
      ?.config.nics.find((each) => each.id === nic)?.attachment;
    const isHere = attachment?.kind === 'natNetwork' && attachment.network === id;
    return isHere ? undefined : format('network.reason.forwardNowhere');
  }
  const prefix = parsePrefix(draft.ipv4?.subnet ?? '');
  const value = parseIpv4(to.address);
  const isInside = prefix && value !== undefined && isUsableIpv4(prefix, value);
  const params = { address: to.address, subnet: draft.ipv4?.subnet ?? '-' };
  return isInside ? undefined : format('network.reason.forwardOutside', params);
};

export const forwardProblem = (
  draft: NetworkDraft,
  id: NetworkId,
  former: Network | undefined,
  facts: ListenerFacts,
): Problem | undefined => {
  for (const [index, forward] of draft.forwards.entries()) {
    const field = `forwards.${index}`;
    const bad = (key: MessageKey): Problem =>
      problem(field, failure('network/bad-forward', { reason: format(key) }));
    if (draft.kind !== 'natNetwork') return bad('network.reason.forwardKind');
    if (forward.hostAddress.includes(':')) return bad('network.reason.forwardIpv6');
    const earlier = draft.forwards.slice(0, index);
    if (earlier.some((other) => other.id === forward.id || isSameListener(other, forward))) {
      return problem(field, failure('network/forward-exists', { port: forward.hostPort }));
    }
    // One that was there before may listen already, for this very network.
    if (former?.forwards.some((other) => JSON.stringify(other) === JSON.stringify(forward))) {
      continue;
    }
    const reason = targetReason(draft, id, forward, facts.machines);
    if (reason !== undefined) {
      return problem(field, failure('network/bad-forward', { reason }));
    }
    const taken = listenerProblem(forward, facts, id);
    if (taken) return problem(field, taken);
  }
  return undefined;
};
