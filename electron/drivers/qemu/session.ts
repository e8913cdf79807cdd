// The QEMU session: its machines by VM, and the actions the core asks for. Collaborators do the work.
import { rm } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';
import type { DriverId, VmId } from '../../../shared/model/brand.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type {
  DriverContext,
  DriverEvent,
  DriverSession,
  LifecycleContext,
  StartOptions,
} from '../types.ts';
import { adoptMachine, awaitYoungMonitor, filesNotHeld, look } from './adoption.ts';
import { createCapture } from './capture.ts';
import { createConsole } from './console.ts';
import { proveEngine } from './engine-proof.ts';
import { versionedMachine, type QemuFeatures } from './features.ts';
import { vmFiles, type VmFiles } from './files.ts';
import { askAddresses } from './guest-agent.ts';
import { createLiveChanges } from './live.ts';
import { lastLines } from './log-file.ts';
import { Machine } from './machine.ts';
import { createMedia } from './media.ts';
import { isAlive } from './processes.ts';
import { passtProblem } from './passt.ts';
import type { QmpClient, QmpTimes } from './qmp.ts';
import { saveMachine } from './saved-state.ts';
import { removeSavedState } from './saved-state-file.ts';
import { startMachine } from './start.ts';
import { validateConfig } from './validate.ts';

export interface SessionInput {
  readonly driver: DriverId;
  readonly ctx: DriverContext;
  readonly systemPath: string;
  readonly imagePath: string;
  /** Absent: passt is not installed. */
  readonly passtPath: string | undefined;
  readonly qemuVersion: string;
  readonly features: QemuFeatures;
  readonly times: QmpTimes;
  readonly onEvent: (event: DriverEvent) => void;
}

/** So many start records are looked at before others get their turn. */
const adoptAtOnce = 32;

export const createSession = (input: SessionInput): DriverSession => {
  const { ctx, features, times, onEvent } = input;
  const machines = new Map<VmId, Machine>();
  /** Definitions seen, for names in errors; power as last reported, for what is not live. */
  const names = new Map<VmId, string>();
  const powers = new Map<VmId, PowerState>();
  const filesOf = (vm: VmId): VmFiles => vmFiles(ctx.paths, vm);
  const nameOf = (vm: VmId): string => names.get(vm) ?? vm;

  const emit = (event: DriverEvent): void => {
    if (event.kind === 'power') powers.set(event.vm, event.power);
    onEvent(event);
  };
  const onEnded = (machine: Machine): void => {
    if (machines.get(machine.id) === machine) machines.delete(machine.id);
  };
  const machineFor = (vm: VmId, action: string): Machine => {
    const machine = machines.get(vm);
    if (machine?.isLive) return machine;
    const state = powers.get(vm);
    if (state === undefined) throw failure('vm/not-found', { id: vm });
    throw failure('vm/wrong-state', { name: nameOf(vm), state, action });
  };
  const prove = async (machine: Machine): Promise<void> => {
    const qmp = await machine.control();
    const proof = await proveEngine(qmp, input.driver, machine.record.engine, ctx.now);
    emit({ kind: 'engineProved', vm: machine.id, proof });
  };
  const proveLater = (machine: Machine): void => {
    prove(machine).catch((error: unknown) =>
      ctx.log.warn('engine not read back', { vm: machine.id, error: String(error) }),
    );
  };

  const adoptOne = async (definition: VmDefinition): Promise<void> => {
    names.set(definition.id, definition.name);
    if (machines.get(definition.id)?.isLive) return;
    const files = filesOf(definition.id);
    let found = await look(files);
    let qmp: QmpClient | undefined;
    if (found.kind === 'alive') {
      qmp = await awaitYoungMonitor(found.found, files, times);
      if (!isAlive(found.found.identity)) found = await look(files);
    }
    if (found.kind === 'gone') {
      const { power, error } = found;
      emit({ kind: 'power', vm: definition.id, power, ...(error ? { error } : {}) });
      return;
    }
    const { record, identity } = found.found;
    const absent = filesNotHeld(record.definition, identity.pid);
    if (absent.length > 0)
      ctx.log.warn('running VM without its files', { vm: definition.id, absent });
    const machine: Machine = new Machine(
      { files, record, identity, times, emit, onEnded: () => onEnded(machine) },
      qmp,
    );
    machines.set(definition.id, machine);
    await adoptMachine(machine);
    if (!machine.isLive) return;
    proveLater(machine);
    const problem = passtProblem(files, record.plugs);
    if (problem) machine.report(machine.power, problem);
  };

  const start = async (
    definition: VmDefinition,
    options: StartOptions,
    lifecycle: LifecycleContext,
  ): Promise<void> => {
    names.set(definition.id, definition.name);
    if (machines.get(definition.id)?.isLive) {
      const state = powers.get(definition.id) ?? 'running';
      throw failure('vm/wrong-state', { name: definition.name, state, action: 'start' });
    }
    const deps = {
      ctx,
      systemPath: input.systemPath,
      hasSandbox: features.hasSandbox,
      times,
      passtPath: input.passtPath,
      emit,
      onEnded,
      onMachine: (machine: Machine) => void machines.set(definition.id, machine),
    };
    const before = powers.get(definition.id) ?? 'off';
    const files = filesOf(definition.id);
    const machine = await startMachine(deps, definition, files, { ...options, before }, lifecycle);
    proveLater(machine);
  };

  const command = async (vm: VmId, action: string, qmpCommand: string): Promise<void> => {
    const qmp = await machineFor(vm, action).control();
    await qmp.execute(qmpCommand);
  };

  return {
    adopt: async (definitions) => {
      const looks: Promise<unknown>[] = [];
      for (let from = 0; from < definitions.length; from += adoptAtOnce) {
        const look = Promise.all(definitions.slice(from, from + adoptAtOnce).map(adoptOne));
        // Told below; a slow machine must not hold the next ones up.
        look.catch(() => undefined);
        looks.push(look);
        await otherWork();
      }
      await Promise.all(looks);
    },
    start,
    shutdown: async (vm) => {
      const machine = machineFor(vm, 'shutdown');
      const qmp = await machine.control();
      machine.noteShutdownAsked();
      await qmp.execute('system_powerdown');
    },
    powerOff: async (vm) => {
      const machine = machines.get(vm);
      // Off already is what was asked for.
      if (!machine?.isLive) return;
      await machine.cutPower();
    },
    reset: (vm) => command(vm, 'reset', 'system_reset'),
    pause: (vm) => command(vm, 'pause', 'stop'),
    resume: (vm) => command(vm, 'resume', 'cont'),
    remove: async (definition, withDisks) => {
      const files = filesOf(definition.id);
      if (machines.get(definition.id)?.isLive) {
        const state = powers.get(definition.id) ?? 'running';
        throw failure('vm/wrong-state', { name: definition.name, state, action: 'delete' });
      }
      if (withDisks) {
        for (const disk of definition.config.disks.filter((row) => row.isOwned)) {
          await rm(disk.path, { force: true });
        }
        await rm(files.uefiVars, { force: true });
      }
      removeSavedState(files);
      await rm(files.runtimeDir, { recursive: true, force: true });
      await rm(files.stateDir, { recursive: true, force: true });
      powers.delete(definition.id);
      names.delete(definition.id);
    },
    validate: (config: VmConfig) => validateConfig(config, features, ctx.env),
    complete: (config: VmConfig): VmConfig => ({
      ...config,
      machineType: versionedMachine(features, config.chipset) ?? config.machineType,
      cpuModel: config.cpuModel === '' ? 'default' : config.cpuModel,
    }),
    savedState: {
      save: (definition, lifecycle) =>
        saveMachine(machineFor(definition.id, 'save'), input.qemuVersion, ctx.now, lifecycle),
      discard: async (vm) => {
        if (machines.get(vm)?.isLive) {
          const state = powers.get(vm) ?? 'running';
          throw failure('vm/wrong-state', { name: nameOf(vm), state, action: 'discard' });
        }
        removeSavedState(filesOf(vm));
        emit({ kind: 'power', vm, power: 'off', cause: 'asked' });
      },
    },
    media: createMedia({ ctx, imagePath: input.imagePath }),
    console: createConsole({ machineOf: (vm) => machineFor(vm, 'console'), filesOf }),
    live: createLiveChanges((vm) => machineFor(vm, 'change')),
    capture: createCapture((vm) => machineFor(vm, 'capture')),
    addresses: async (vm) => {
      const config = machines.get(vm)?.record.definition.config;
      return config?.hasGuestAgent === true ? askAddresses(filesOf(vm).agent, config.nics) : [];
    },
    log: async (vm) => {
      const { log } = filesOf(vm);
      return { lines: lastLines(log, 200), path: log };
    },
    dispose: async () => {
      for (const machine of machines.values()) machine.dispose();
      machines.clear();
    },
  };
};
