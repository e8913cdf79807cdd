// The composition root: builds the core from its ports. Knows nothing of Electron.
import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { contract } from '../shared/contract/contract.ts';
import type { AppError } from '../shared/contract/errors.ts';
import { defaultSettings, settingsSchema, type Settings } from '../shared/model/settings.ts';
import { text } from '../shared/model/text.ts';
import type { Vm } from '../shared/model/vm.ts';
import type { App, SendTopic } from './app-types.ts';
import { vmById, type CommandContext } from './commands/context.ts';
import { createHostLock } from './commands/host-lock.ts';
import { createJudge } from './commands/judge.ts';
import { openConsole, screenshot, serialHistory } from './commands/media-view.ts';
import { createRunMemory } from './commands/run-memory.ts';
import { createDemo, createVm } from './commands/vm-create.ts';
import { removeVm } from './commands/vm-edit.ts';
import { power } from './commands/vm-power.ts';
import { compatTable } from './compat/compat-table.ts';
import { createHostFacts, type HostFactsDeps } from './compat/facts.ts';
import { hypervisorProcesses } from './compat/vboxdrv/processes.ts';
import { drivers as allDrivers } from './drivers/registry.ts';
import { createSupervisor } from './drivers/supervisor.ts';
import { changeDefinition } from './commands/definitions.ts';
import { composeNetworks, type NetworkPlaces } from './networks/compose.ts';
import type { AppPaths, DriverContext, HypervisorDriver } from './drivers/types.ts';
import { createHandlers } from './ipc/handlers.ts';
import { createPublisher, type Publisher } from './ipc/publisher.ts';
import { createRouter } from './ipc/router.ts';
import type { ShellPort } from './ipc/shell-port.ts';
import { createJobs } from './jobs/jobs.ts';
import type { Logger } from './log/logger.ts';
import type { Env } from './paths.ts';
import { createOverlayRepository, withOverlay } from './persist/overlay-repository.ts';
import { createSettingsRepository } from './persist/settings-repository.ts';
import { createVmRepository } from './persist/vm-repository.ts';
import { createExec } from './process/exec.ts';
import { createStore } from './state/store.ts';
import {
  startUpdateNotice,
  type UpdateNotice,
  type UpdateNoticeDeps,
} from './updates/update-notice.ts';

export interface AppDeps {
  readonly paths: AppPaths;
  readonly log: Logger;
  readonly shell: ShellPort;
  readonly env: Env;
  readonly now?: () => number;
  /** The host is looked at after it: the programs that look would slow the window's first picture down. */
  readonly firstPaint?: Promise<void>;
  /** Where newer releases are told; without it nobody is asked. */
  readonly releases?: Pick<UpdateNoticeDeps, 'feedUrl' | 'currentVersion' | 'fetch'>;
  /** Instead of this computer: tests of hosts we do not have. */
  readonly host?: Pick<HostFactsDeps, 'root' | 'kvmDevice' | 'checkKvm'> & NetworkPlaces;
  /** Instead of the registry: tests and the benchmark. The first one gets new VMs. */
  readonly drivers?: readonly HypervisorDriver[];
  /** argv that runs a role of this program as a process of its own; absent: in plain Node. */
  readonly roleCommand?: (role: string) => readonly string[];
}

const missingFilesOf = async (vm: Vm): Promise<string[]> => {
  const { config } = vm.definition;
  const files = [
    ...config.disks.map((disk) => disk.path),
    ...config.cdDrives.flatMap((cd) => (cd.path === undefined ? [] : [cd.path])),
    ...(config.floppy?.path === undefined ? [] : [config.floppy.path]),
  ];
  const missing = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => undefined,
        () => file,
      ),
    ),
  );
  return missing.filter((file) => file !== undefined);
};

export const createApp = (deps: AppDeps): App => {
  const { paths, log, shell, env } = deps;
  const now = deps.now ?? Date.now;
  const drivers = deps.drivers ?? allDrivers;

  const store = createStore();
  const exec = createExec(log.scoped('exec'));
  const context: DriverContext = { exec, log: log.scoped('driver'), paths, now, env };
  const repository = createVmRepository(paths.data);
  const overlays = createOverlayRepository(paths.data);
  const settingsRepository = createSettingsRepository(paths.config);
  const jobs = createJobs(store, log.scoped('jobs'), now);
  const memory = createRunMemory(store, paths.state, log.scoped('runs'));
  const supervisor = createSupervisor({
    drivers,
    context,
    store,
    overlaid: (reported) => withOverlay(reported, overlays.of(reported.id)),
  });
  const hostFacts = createHostFacts({
    exec,
    log: log.scoped('host'),
    paths,
    env,
    now,
    state: store.getState,
    subscribe: store.subscribe,
    onCheck: (check) => store.dispatch({ kind: 'check', check }),
    onCheckGone: (id) => store.dispatch({ kind: 'checkGone', id }),
    reprobe: () => supervisor.reprobe(),
    onEngineFact: (fact) => store.dispatch({ kind: 'engineFact', fact }),
    onHost: (host) => store.dispatch({ kind: 'host', host }),
    onFacts: () => judge.refresh(),
    ...deps.host,
  });
  const lock = createHostLock({
    store,
    facts: hostFacts.facts,
    look: () => hypervisorProcesses({ root: deps.host?.root ?? '/' }),
    onChange: () => judge.refresh(),
  });
  const judge = createJudge(store, memory, hostFacts.facts, lock, deps.firstPaint);
  const engines = { areKnown: false, known: hostFacts.enginesKnown };

  const listeners = new Set<(channel: string, payload: unknown) => void>();
  const emit = (channel: string, payload: unknown): void => {
    for (const listener of listeners) listener(channel, payload);
  };
  const send: SendTopic = (group, name, payload) => emit(`${group}.${name}`, payload);

  const report = (id: string, error: AppError): void =>
    store.dispatch({
      kind: 'notice',
      notice: { id, tone: 'error', text: text(`error.${error.code}.body`, error.params), error },
    });

  const networks = composeNetworks({
    paths,
    log,
    now,
    store,
    jobs,
    supervisor,
    exec,
    env,
    roleCommand: deps.roleCommand,
    places: deps.host ?? {},
    changeDefinition: (after) => changeDefinition(ctx, after),
  });
  const ctx: CommandContext = {
    store,
    jobs,
    supervisor,
    repository,
    overlays,
    paths,
    log: log.scoped('commands'),
    now,
    decide: judge.decide,
    memory,
    lock,
    engines,
    drivers,
    networks: networks.machines,
  };

  const settings = (): Settings =>
    settingsSchema.safeParse(store.getState().settings['settings']).data ?? defaultSettings;
  const updateSettings = async (change: Partial<Settings>): Promise<void> => {
    const next = { ...settings(), ...change };
    await settingsRepository.save(next);
    store.dispatch({ kind: 'settings', settings: next });
    if (change.forcedEngines) hostFacts.refreshEngineFacts();
  };

  let hasStarted = false;
  const checkFiles = async (vms: readonly Vm[]): Promise<void> => {
    const files: Record<string, readonly string[]> = {};
    for (const vm of vms) files[vm.definition.id] = await missingFilesOf(vm);
    store.dispatch({ kind: 'missingFiles', files });
  };
  const stopFileChecks = store.subscribe((state, before) => {
    if (state.vms === before.vms) return;
    const changed = Object.values(state.vms).filter((vm) => {
      const former = before.vms[vm.definition.id];
      if (former === vm) return false;
      // Those that were there at the start are looked at once all drivers have answered.
      if (former === undefined) return hasStarted;
      return (
        former.definition !== vm.definition ||
        former.power !== vm.power ||
        former.problem !== vm.problem
      );
    });
    if (changed.length > 0) void checkFiles(changed);
  });

  const load = async (): Promise<void> => {
    const [loadedSettings, loaded, overlayProblem, networkProblems] = await Promise.all([
      settingsRepository.load(),
      repository.loadAll(),
      overlays.load(),
      networks.load(),
      memory.load(),
    ]);
    store.dispatch({ kind: 'settings', settings: loadedSettings.settings });
    store.dispatch({ kind: 'definitionsLoaded', definitions: loaded.definitions });
    if (overlayProblem) report('overlays', overlayProblem);
    networkProblems.forEach((problem, index) => report(`networks-${index}`, problem));
    if (loadedSettings.problem) report('settings', loadedSettings.problem);
    loaded.problems.forEach((problem, index) => report(`definition-${index}`, problem));
  };
  const loaded = load().catch((error: unknown) => {
    log.error('load', { error: String(error) });
  });
  const ready = loaded.then(async () => {
    const looking = Promise.resolve(deps.firstPaint).then(() => {
      hostFacts.start();
      void hostFacts.enginesKnown().then(() => (engines.areKnown = true));
    });
    await supervisor.start();
    await networks.start();
    await looking;
    hasStarted = true;
    await checkFiles(Object.values(store.getState().vms));
  });

  let isDisposed = false;
  let updates: UpdateNotice | undefined;
  void ready.then(() => {
    if (isDisposed || !deps.releases) return;
    updates = startUpdateNotice({
      ...deps.releases,
      cacheDir: paths.cache,
      now,
      isOn: () => settings().isUpdateNoticeOn,
      onNotice: (notice) => store.dispatch({ kind: 'notice', notice }),
      log: log.scoped('updates'),
    });
  });

  let publisher: Publisher | undefined;
  const thePublisher = (): Publisher =>
    (publisher ??= createPublisher(store, randomUUID(), (patch) => send('state', 'patch', patch)));

  const handlers = createHandlers({
    ctx,
    shell,
    publisher: thePublisher,
    loaded,
    updateSettings,
    recheck: async (check) => {
      await supervisor.reprobe();
      await hostFacts.recheck(check);
      await networks.recheck();
    },
    networks: networks.commands,
    report: () => hostFacts.report(),
    compatTable: (id) => {
      const { drivers: known, checks } = store.getState();
      return compatTable({
        // Those that could be installed as well: the head of a column tells that an engine is missing.
        drivers: drivers.flatMap(({ id: driver }) => known[driver] ?? []),
        facts: hostFacts.facts(),
        checks,
        definition: id === undefined ? undefined : vmById(ctx, id).definition,
      });
    },
  });

  return {
    paths,
    log,
    store,
    commands: {
      create: (request) => createVm(ctx, request),
      createDemo: () => createDemo(ctx),
      power: (id, action, options) => power(ctx, id, action, options),
      remove: (id, withDisks) => removeVm(ctx, id, withDisks),
      decide: (id) => {
        const vm = store.getState().vms[id];
        if (!vm) throw new Error(`no VM ${id}`);
        return judge.decide(vm.definition);
      },
      jobEnded: jobs.ended,
      openConsole: (id, kind) => openConsole(ctx, id, kind),
      serialHistory: (id) => serialHistory(ctx, id),
      screenshot: (id) => screenshot(ctx, id),
    },
    invoke: createRouter(contract, handlers, log.scoped('ipc')),
    onTopic: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send,
    ready,
    loaded,
    enginesKnown: hostFacts.enginesKnown(),
    noticeChange: hostFacts.noticeChange,
    dispose: async () => {
      isDisposed = true;
      updates?.dispose();
      stopFileChecks();
      publisher?.dispose();
      judge.dispose();
      lock.dispose();
      await memory.dispose();
      await hostFacts.dispose();
      await jobs.dispose();
      await networks.dispose();
      await supervisor.dispose();
    },
  };
};
