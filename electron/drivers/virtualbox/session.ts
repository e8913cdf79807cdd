// The VirtualBox session: its machines by VM, and the actions the core asks for. Collaborators do the work.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { DriverId, EngineId, VmId } from '../../../shared/model/brand.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import { isLive } from '../../../shared/model/power.ts';
import { text } from '../../../shared/model/text.ts';
import type { DriverContext, DriverEvent, DriverSession, FoundProbe } from '../types.ts';
import { createRemoteDisplays } from './console/remote-display.ts';
import { createEngineKeys } from './engine-keys.ts';
import { readEngineLog } from './engine-log.ts';
import { judgeEngine, proofOf } from './engine-proof.ts';
import { waitForLock } from './launch.ts';
import { awaitLeftovers, endStuck, hiddenMark } from './leftovers.ts';
import { createLifecycle } from './lifecycle.ts';
import { lastLinesOf, readLog } from './log-file.ts';
import type { MachineContext } from './machine-context.ts';
import { createLook } from './machine-look.ts';
import { createCapture } from './net/capture.ts';
import { createGenericReader } from './net/generic-driver.ts';
import { readAddresses } from './net/guest-addresses.ts';
import { createLentNics } from './net/lent-nics.ts';
import { createNativeNetworks } from './net/native-networks.ts';
import { judgeInaccessible } from './machine-reader-damage.ts';
import { createInventory } from './edit/inventory.ts';
import { createLive } from './edit/live.ts';
import { createMedia } from './edit/media.ts';
import { removeMachine } from './edit/remove.ts';
import { createSnapshots } from './edit/snapshots.ts';
import { createUnlock } from './edit/unlock.ts';
import { completeConfig, validateConfig } from './edit/validate.ts';
import { openOwnWindow } from './own-window.ts';
import type { RouteFacts } from './routes.ts';
import { createAbortMemory } from './start-aborted.ts';
import { startMachine, type StartDeps } from './start.ts';
import type { VBoxManage } from './vboxmanage.ts';
import { createPoll } from './watch-poll.ts';
import { createRoster } from './watch-roster.ts';
import { createWatch, type WatchTimes } from './watch.ts';
import type { WebService } from './web-service.ts';

export interface SessionInput {
  readonly driver: DriverId;
  readonly ctx: DriverContext;
  readonly probe: FoundProbe;
  readonly capabilities: Capabilities;
  readonly manage: VBoxManage;
  /** `undefined`: this installation has no web service. */
  readonly openService: (() => Promise<WebService>) | undefined;
  readonly routeFacts: () => Promise<RouteFacts>;
  readonly engineTitle: (engine: EngineId) => string;
  readonly times?: WatchTimes;
  readonly onEvent: (event: DriverEvent) => void;
}

/** `modifyvm --vm-execution-engine`. */
const engineWords: Readonly<Record<string, string>> = {
  vboxdrv: 'hm',
  kvm: 'native-api',
  software: 'interpreter',
};

export const createSession = async (input: SessionInput): Promise<DriverSession> => {
  const { ctx, driver, manage, probe } = input;
  const folder = join(ctx.paths.state, 'virtualbox');
  const keys = createEngineKeys(manage, join(folder, 'engine-keys'));
  const aborts = createAbortMemory(folder);
  await aborts.load();
  await keys.recover().catch((error: unknown) => {
    ctx.log.warn('engine keys were not put back', { error: String(error) });
  });

  const nics = createLentNics(
    manage,
    join(folder, 'nics'),
    createGenericReader(() => watch.api()),
  );
  await nics.load();
  const putNicsBack = (vm: string): Promise<void> =>
    nics.putBack(vm).catch((error: unknown) => {
      ctx.log.warn('network cards were not put back', { machine: vm, error: String(error) });
    });

  const starting = new Set<VmId>();
  /** What still follows the end of a run: its program lets go, our display settings go. */
  const endings = new Map<VmId, Promise<void>>();
  const live = new Set<VmId>();
  const onEvent = (event: DriverEvent): void => {
    input.onEvent(event);
    if (event.kind === 'definitionGone') live.delete(event.vm);
    if (event.kind !== 'power') return;
    if (isLive(event.power)) live.add(event.vm);
    else if (live.delete(event.vm) && !starting.has(event.vm)) endRun(event.vm);
  };
  const endRun = (vm: VmId): void => {
    const ending = waitForLock(manage, vm, look)
      .then(async () => {
        const left = await awaitLeftovers(ctx.paths, vm);
        if (left === 'ended') {
          const { definition, logFolder } = roster.get(vm) ?? {};
          const exit = 'VirtualBox’s server was lost under it';
          const params = { name: definition?.name ?? vm, exit, log: lastLinesOf(logFolder ?? '') };
          roster.setPower(vm, 'crashed', failure('vm/crashed', params).error);
        }
        await rm(hiddenMark(ctx.paths, vm), { force: true });
        await displays.ended(vm);
        await putNicsBack(vm);
        await capture.ended(vm);
      })
      .catch((error: unknown) => {
        ctx.log.info('after the end of a run', { machine: vm, error: String(error) });
      })
      .finally(() => endings.delete(vm));
    endings.set(vm, ending);
  };
  const roster = createRoster({
    driver,
    emit: onEvent,
    isOurAbort: (id, sinceMs) => aborts.has(id, sinceMs),
    judgeInaccessible: (reading) => judgeInaccessible(reading, probe.version),
    lastLines: lastLinesOf,
    asWritten: (facts) => nics.asWritten(facts),
  });
  const isStarting = (id: string): boolean => [...starting].some((vm) => vm === id);
  const poll = createPoll({ manage, roster, env: ctx.env, isStarting });
  const watch = createWatch({
    open: input.openService,
    roster,
    poll,
    log: ctx.log,
    ...(input.times ? { times: input.times } : {}),
  });
  const look = createLook(manage, watch.api);
  const life = createLifecycle(manage, look);
  const machines: MachineContext = {
    driver,
    manage,
    api: watch.api,
    ctx,
    probe,
    definitionOf: (vm) => roster.get(vm)?.definition,
    refresh: (vm) => watch.refresh(vm),
    powerOf: (vm) => roster.get(vm)?.power,
  };
  const displays = createRemoteDisplays({
    machines,
    warn: (vm, error) => roster.setPower(vm, roster.get(vm)?.power ?? 'running', error),
  });
  const capture = createCapture(machines);
  const unlock = createUnlock(machines);
  const inventory = createInventory(machines, nics);
  const known = (vm: VmId): void => {
    if (!roster.get(vm)) throw failure('vm/not-found', { id: vm });
  };
  /** Without events nobody else says what an action leads to. */
  const tellStep = (vm: VmId, step: 'stopping' | 'saving'): void => {
    const power = roster.get(vm)?.power;
    if (!watch.api() && power !== undefined && isLive(power)) roster.setPower(vm, step);
  };
  const act = async (vm: VmId, work: () => Promise<void>): Promise<void> => {
    known(vm);
    try {
      await work();
    } finally {
      // Its events may have come already; without them this is how it is learnt.
      const now = await look(vm).catch(() => undefined);
      if (now) roster.setState(vm, now.state, now.stateSinceMs);
      await endings.get(vm);
    }
  };

  const prove = async (vm: VmId, decided: EngineId | undefined): Promise<void> => {
    const { logFolder } = await look(vm);
    const log = readEngineLog(await readLog(logFolder));
    const answer = await watch
      .api()
      ?.engineInUse(vm)
      .catch((error: unknown) => {
        ctx.log.info('engine not asked', { machine: vm, error: String(error) });
        return undefined;
      });
    const judged = judgeEngine(answer, log);
    if (!judged) return;
    const proof = proofOf(
      driver,
      decided ?? (judged.engine as string as EngineId),
      judged,
      ctx.now,
    );
    onEvent({ kind: 'engineProved', vm, proof });
  };
  const proveLater = (vm: VmId, decided?: EngineId): void => {
    prove(vm, decided).catch((error: unknown) => {
      ctx.log.warn('engine not read back', { machine: vm, error: String(error) });
    });
  };

  const startDeps: StartDeps = {
    ctx,
    manage,
    look,
    roster,
    keys,
    aborts,
    programs: {
      headless: probe.paths['headless'] ?? 'VBoxHeadless',
      hiddenDisplay: probe.paths['machine'] ?? 'VirtualBoxVM',
    },
    routeFacts: input.routeFacts,
    engineTitle: input.engineTitle,
    nics,
    prepareDisplay: (vm, signal) => displays.prepare(vm, signal),
    unlock,
  };

  return {
    adopt: async (definitions) => {
      await watch.ready;
      for (const { id } of definitions) {
        if (roster.get(id)) continue;
        await watch.refresh(id).catch((error: unknown) => {
          if (!isFailure(error, 'vm/not-found')) throw error;
          onEvent({ kind: 'definitionGone', vm: id });
        });
      }
      await displays.recover(roster.ids());
      for (const vm of nics.machines()) {
        if (!isLive(roster.get(vm)?.power ?? 'off')) await putNicsBack(vm);
      }
      for (const id of roster.ids()) {
        const power = roster.get(id)?.power;
        if (power === 'running' || power === 'paused') proveLater(id);
      }
    },
    start: async (definition, options, lifecycle) => {
      await endings.get(definition.id);
      starting.add(definition.id);
      try {
        await startMachine(startDeps, definition, options, lifecycle);
      } finally {
        starting.delete(definition.id);
      }
      // The guest may have ended while its display was made ready.
      if (!live.has(definition.id)) endRun(definition.id);
      proveLater(definition.id, options.engine);
    },
    shutdown: (vm) => act(vm, () => life.shutdown(vm)),
    powerOff: (vm) =>
      act(vm, async () => {
        tellStep(vm, 'stopping');
        await endStuck(ctx.paths, vm, () => life.powerOff(vm));
      }),
    reset: (vm) => act(vm, () => life.reset(vm)),
    pause: (vm) => act(vm, () => life.pause(vm)),
    resume: (vm) => act(vm, () => life.resume(vm)),
    remove: async (definition, withDisks) => {
      const { id, name } = definition;
      const power = roster.get(id)?.power ?? 'off';
      if (isLive(power)) throw failure('vm/wrong-state', { name, state: power, action: 'delete' });
      await endings.get(id);
      await removeMachine(machines, definition, withDisks);
      roster.remove(id);
    },
    validate: (config) => validateConfig(config, input.capabilities),
    complete: completeConfig,
    savedState: {
      save: (definition, { signal }) =>
        act(definition.id, async () => {
          tellStep(definition.id, 'saving');
          await life.save(definition.id, signal);
        }),
      discard: (vm) => act(vm, () => life.discard(vm)),
    },
    inventory: {
      create: (definition, folder, lifecycle) => inventory.create(definition, folder, lifecycle),
      edit: async (before, after) => {
        await endings.get(after.id);
        await inventory.edit(before, after);
      },
    },
    media: createMedia(machines),
    console: displays.facet,
    live: createLive(machines),
    capture,
    networks: createNativeNetworks(machines),
    addresses: (vm) => readAddresses(manage, vm, roster.get(vm)?.definition.config.nics ?? []),
    snapshots: createSnapshots(machines),
    unlock: (vm, password) => unlock.unlock(vm, password),
    engineSetting: {
      warning: text('virtualbox.engineSetting.warning'),
      write: async (vm, engine) => {
        known(vm);
        const word = engine === undefined ? 'default' : (engineWords[engine] ?? 'default');
        await manage.change(['modifyvm', vm, '--vm-execution-engine', word]);
      },
    },
    openWindow: async (vm) => {
      known(vm);
      const name = roster.get(vm)?.definition.name ?? vm;
      const { holder } = await look(vm);
      if (holder === undefined)
        throw failure('console/unavailable', { name, reason: 'It does not run.' });
      const isHidden = existsSync(hiddenMark(ctx.paths, vm));
      const options = { machine: vm, name, holder, isHidden, env: ctx.env };
      await openOwnWindow(probe.paths['machine'], options);
    },
    log: async (vm) => {
      known(vm);
      const logFolder = roster.get(vm)?.logFolder ?? '';
      const lines = (await readLog(logFolder)).split('\n').filter((line) => line !== '');
      return { lines: lines.slice(-200), path: join(logFolder, 'VBox.log') };
    },
    dispose: async () => {
      await displays.dispose();
      await watch.dispose();
    },
  };
};
