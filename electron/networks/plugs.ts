// Carries a machine's plans out before it starts, and takes its ports away after it ended.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure } from '../../shared/contract/errors.ts';
import { formatText } from '../../shared/i18n/format.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Backend } from '../../shared/model/driver.ts';
import type { PlanStep } from '../../shared/model/network-plan.ts';
import type { Nic } from '../../shared/model/network.ts';
import type { Network } from '../../shared/model/networks.ts';
import { text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { DriverSession, NicPlug } from '../drivers/types.ts';
import { fabricPort, plugPath } from './fabric-spec.ts';
import type { HostChanges, PrivilegedStep } from './host-changes.ts';
import type { Planner } from './planner.ts';
import type { NetworkRuntime } from './runtime.ts';

export interface Plugs {
  /** Rejects with `network/*` or `privileged/*`; nothing stays prepared then. */
  readonly prepare: (
    definition: VmDefinition,
    backend: Backend,
    session: DriverSession,
  ) => Promise<ReadonlyMap<string, NicPlug>>;
  /** The machine does not run: its ports go, and networks without any stop. Never rejects. */
  readonly release: (vm: VmId) => Promise<void>;
}

interface Work {
  readonly definition: VmDefinition;
  readonly nic: Nic;
  readonly session: DriverSession;
  readonly undo: (() => Promise<void>)[];
  readonly plugs: Map<string, NicPlug>;
}

export const createPlugs = (deps: {
  readonly runtimeDir: string;
  readonly runtime: NetworkRuntime;
  readonly planner: Planner;
  readonly changes: HostChanges;
  readonly find: (network: string) => Network | undefined;
  readonly machines: () => readonly VmDefinition[];
}): Plugs => {
  const { runtime, planner } = deps;

  const pathOf = (vm: VmId, nic: string): string => {
    const path = plugPath(deps.runtimeDir, vm, nic);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return path;
  };

  const networkFor = (id: string): Network => {
    const network = deps.find(id);
    if (!network) throw failure('network/not-found', { id });
    return network;
  };

  const openPort = async (
    step: Extract<PlanStep, { readonly kind: 'port' }>,
    work: Work,
  ): Promise<void> => {
    const { definition, nic, undo, plugs } = work;
    const { id } = definition;
    const portWith = (peerPort?: number): ReturnType<typeof fabricPort> =>
      fabricPort(
        step.network,
        definition,
        nic,
        step.plug === 'stream'
          ? { kind: 'stream', path: pathOf(id, nic.id) }
          : { kind: 'datagram', ...(peerPort === undefined ? {} : { peerPort }) },
        deps.machines(),
      );
    undo.push(() => runtime.removePort(id, nic.id));
    // The way of a former run says nothing about this one.
    if (step.plug === 'datagram') await runtime.removePort(id, nic.id);
    const { switchPort } = await runtime.ensurePort(portWith());
    if (step.plug === 'stream') {
      plugs.set(nic.id, { kind: 'stream', path: pathOf(id, nic.id) });
      return;
    }
    if (switchPort === undefined) throw failure('network/fabric-lost', { reason: 'No port.' });
    plugs.set(nic.id, {
      kind: 'datagram',
      switchPort,
      setPeer: async (peerPort) => {
        await runtime.ensurePort(portWith(peerPort));
      },
    });
  };

  const carryOut = async (step: PlanStep, work: Work): Promise<void> => {
    const { definition, nic, plugs, session, undo } = work;
    switch (step.kind) {
      case 'native': {
        const { attachment } = nic;
        if (!('network' in attachment)) return;
        const network = deps.find(String(attachment.network));
        if (network) await session.networks?.ensure(network);
        return;
      }
      case 'passt':
        plugs.set(nic.id, { kind: 'passt', path: pathOf(definition.id, nic.id) });
        return;
      case 'switch':
        undo.push(() => runtime.stopIfIdle(step.network));
        await runtime.ensure(networkFor(step.network));
        return;
      case 'service':
        // Brought up together with its switch.
        return;
      case 'port':
        return openPort(step, work);
      case 'openTap':
        plugs.set(nic.id, { kind: 'tap', name: step.tap });
        return;
      case 'privileged':
        // Together, with one authorisation, before everything else.
        return;
    }
  };

  const stopIdle = async (networks: readonly Network['id'][]): Promise<void> => {
    for (const network of new Set(networks)) await runtime.stopIfIdle(network);
  };

  return {
    prepare: async (definition, backend, session) => {
      const planned: { readonly nic: Nic; readonly steps: readonly PlanStep[] }[] = [];
      for (const nic of definition.config.nics) {
        const plan = await planner.plan(definition.id, nic, backend);
        if (plan.kind === 'refused') {
          const reason = [plan.reason, plan.alternative].flatMap((each) =>
            each ? [formatText(each)] : [],
          );
          throw failure('network/refused', { name: nic.id, reason: reason.join(' ') });
        }
        planned.push({ nic, steps: plan.steps });
      }
      const privileged = planned.flatMap(({ steps }) =>
        steps.filter((step): step is PrivilegedStep => step.kind === 'privileged'),
      );
      const bridge = privileged.find(({ request }) =>
        ['bridge.create', 'uplink.attach'].includes(request.verb),
      );
      if (bridge) {
        const name = planned.flatMap(({ nic, steps }) =>
          steps.includes(bridge) ? [planner.networkName(nic)] : [],
        )[0];
        throw failure('network/set-up-needed', { name: name ?? '' });
      }
      if (privileged.length > 0) {
        const machine = definition.name;
        const network = planned
          .filter(({ steps }) => steps.some((step) => step.kind === 'privileged'))
          .map(({ nic }) => planner.networkName(nic))
          .join(', ');
        await deps.changes.perform(privileged, text('network.why.start', { machine, network }));
      }
      const undo: (() => Promise<void>)[] = [];
      const plugs = new Map<string, NicPlug>();
      try {
        for (const { nic, steps } of planned) {
          for (const step of steps) {
            await carryOut(step, { definition, nic, session, undo, plugs });
          }
        }
        return plugs;
      } catch (error) {
        for (const step of undo.reverse()) await step().catch(() => undefined);
        throw error;
      }
    },
    release: async (vm) => {
      const ports = runtime.portsOf(vm);
      for (const { nic } of ports) await runtime.removePort(vm, nic);
      await stopIdle(ports.map(({ network }) => network)).catch(() => undefined);
    },
  };
};
