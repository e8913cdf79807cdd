// Looks at the host in the background: runs the checks, keeps the facts, distils engine facts. Never blocks the
// launch, never rejects; "could not look" stays `unknown`. Results go out through callbacks.
import { join } from 'node:path';
import { userInfo } from 'node:os';
import type { EngineFact, HostCheck } from '../../shared/model/compat.ts';
import { backendKey } from '../../shared/model/driver.ts';
import { isLive } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { AppState, HostSummary } from '../../shared/state/app-state.ts';
import type { AppPaths } from '../drivers/types.ts';
import type { Logger } from '../log/logger.ts';
import type { Exec } from '../process/exec.ts';
import { engineFacts } from './engine-facts.ts';
import { known, noFacts, unknownFact, type HostFacts } from './host-facts.ts';
import { gather, type Gathered } from './gather.ts';
import { hostSummary } from './host-summary.ts';
import { watchInputs, type InputsWatch } from './inputs-watch.ts';
import { lookAtKvm } from './kvm/check.ts';
import { lookAtDevice } from './kvm/device.ts';
import type { KvmCheckResult, KvmVerdict } from './kvm/model.ts';
import { allProbes } from './probes/all.ts';
import { memoryFactsNow } from './probes/mem-avail.ts';
import { mayUseBelow } from './probes/look.ts';
import { netBridge } from './probes/net-bridge.ts';
import type { Probe, ProbeHost } from './probes/probe.ts';
import { emulatorDriver } from './probes/qemu-present.ts';
import { remedy } from './remedies.ts';
import { hostReport } from './report.ts';
import { createProbeRunner } from './run-probe.ts';
import { isSetUid, lookAtVboxdrv, ownDriverOf } from './vboxdrv/look.ts';
import { vboxdrvFact, vboxdrvStanding, type VboxdrvStanding } from './vboxdrv/standing.ts';

export interface HostFactsDeps {
  readonly exec: Exec;
  readonly log: Logger;
  readonly paths: AppPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Drivers with their probe outcomes, the settings (forced engines) and the checks so far. */
  readonly state: () => AppState;
  /** Called after every change of the state; returns its undo. */
  readonly subscribe: (listener: (state: AppState, before: AppState) => void) => () => void;
  readonly onCheck: (check: HostCheck) => void;
  /** A check has nothing to say any more. */
  readonly onCheckGone: (id: string) => void;
  readonly onEngineFact: (fact: EngineFact) => void;
  readonly onHost: (host: HostSummary) => void;
  /** The facts that features are judged against changed. */
  readonly onFacts: () => void;
  /** Looks for hypervisors again, after something was installed. */
  readonly reprobe?: () => Promise<void>;
  /** `/`, `/dev/kvm` and `/dev/vboxdrv`, unless a test looks elsewhere. */
  readonly root?: string;
  readonly kvmDevice?: string;
  readonly vboxdrvDevice?: string;
  readonly checkKvm?: (
    isFresh: boolean,
    signal: AbortSignal,
  ) => Promise<KvmCheckResult | undefined>;
  /** Calm and rest of the watch on the inputs, in ms; see inputs-watch.ts. */
  readonly settleMs?: number;
  readonly restMs?: number;
}

export interface HostFactsService {
  /** Begins to look, in the background. */
  readonly start: () => void;
  /** Looks again, at one check or at all; resolves when done. Measures anew instead of using a kept verdict. */
  readonly recheck: (id?: string) => Promise<void>;
  readonly facts: () => HostFacts;
  /** Compares what the checks rest on and looks again if it changed; costs some 30 file stats. */
  readonly noticeChange: () => void;
  /** The forced engines in the settings changed. */
  readonly refreshEngineFacts: () => void;
  /** Resolves when the first look at every engine is over, or at once after `dispose`. Never rejects. */
  readonly enginesKnown: () => Promise<void>;
  readonly report: () => Promise<string>;
  /** Ends a running look; resolves when nothing more will be written or told. Never rejects. */
  readonly dispose: () => Promise<void>;
}

/** Checks that may take seconds, so that they are shown as running. */
const slowChecks: ReadonlySet<string> = new Set(['kvm.speed']);
const kvmChecks: ReadonlySet<string> = new Set(['kvm.dev', 'kvm.perm', 'kvm.speed']);
/** Checks that a machine coming up or going bears on. */
const machineChecks: ReadonlySet<string> = new Set(['avl', 'hv.kvmvm', 'hv.vboxvm', 'mem.avail']);
/** A hypervisor has opened its devices by then; several machines that start together are one look. */
const machinesSettleMs = 1500;
const memoryMaxAgeMs = 1000;

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name.
    return '';
  }
};
const currentUser = (): ProbeHost['user'] => ({
  name: userName(),
  uid: process.getuid?.() ?? -1,
  groups: process.getgroups?.() ?? [],
});

/** The same answer to everybody who asks. */
const once = <T>(look: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | undefined;
  return () => (asked ??= look());
};

export const createHostFacts = (deps: HostFactsDeps): HostFactsService => {
  const { exec, log, paths, env, state } = deps;
  const root = deps.root ?? '/';
  const kvmDevice = deps.kvmDevice ?? join(root, 'dev/kvm');
  const vboxdrvDevice = deps.vboxdrvDevice ?? join(root, 'dev/vboxdrv');
  const abort = new AbortController();
  const { signal } = abort;
  let facts = noFacts;
  let memoryReadAt = 0;
  let kvm: KvmVerdict | undefined;
  let gathered: Gathered | undefined;
  const sent = new Map<string, string>();
  const checks = new Map<string, HostCheck>();
  let unsubscribe = (): void => undefined;
  let inputs: InputsWatch | undefined;
  let machinesTimer: NodeJS.Timeout | undefined;
  let announceKnown = (): void => undefined;
  const firstLook = new Promise<void>((resolve) => (announceKnown = resolve));
  /** One look at a time: two measurements at once would spoil each other. */
  let queue: Promise<void> = Promise.resolve();

  const drivers = () => Object.values(state().drivers);
  const emulatorPath = (): string | undefined => {
    const probe = emulatorDriver({ drivers })?.probe;
    return probe?.kind === 'found' ? probe.paths['system'] : undefined;
  };

  const checkKvm = async (isFresh: boolean): Promise<KvmCheckResult | undefined> => {
    if (deps.checkKvm) return deps.checkKvm(isFresh, signal);
    const qemu = emulatorPath();
    if (qemu === undefined) return undefined;
    const rom = join(paths.resources, 'guests', 'selftest.rom');
    const cachePath = join(paths.cache, 'kvm-check.json');
    return lookAtKvm(
      { exec, log, now: deps.now, qemu, rom, cachePath, device: kvmDevice },
      { signal, isFresh },
    );
  };

  /** Of the installed VirtualBox and the last look; `undefined` = nothing to judge yet. */
  const judgeOwnDriver = (): VboxdrvStanding | undefined => {
    const driver = ownDriverOf(drivers());
    if (driver?.probe.kind !== 'found' || !gathered?.vboxdrv) return undefined;
    return vboxdrvStanding(gathered.vboxdrv, {
      version: driver.probe.version,
      isSetUid: isSetUid({ root }, driver),
    });
  };

  const noteVboxdrv = (standing: VboxdrvStanding | undefined): void => {
    const vboxdrv =
      standing && gathered?.vboxdrv
        ? known(vboxdrvFact(standing, gathered.vboxdrv))
        : unknownFact(text('decision.unknown.notLooked'));
    if (JSON.stringify(vboxdrv) === JSON.stringify(facts.vboxdrv)) return;
    facts = { ...facts, vboxdrv };
    deps.onFacts();
  };

  const sendEngineFacts = (): void => {
    const settings = state().settings['settings'];
    const emulator = emulatorDriver({ drivers });
    const ownDriver = ownDriverOf(drivers());
    const { distribution } = facts;
    const vboxdrv = judgeOwnDriver();
    noteVboxdrv(vboxdrv);
    const rows = engineFacts({
      drivers: drivers(),
      kvm,
      isParavirtualKvm: gathered?.isParavirtualKvm ?? false,
      absentRemedy: remedy(gathered?.absentKvmRemedy ?? 'firmwareVirtualization', distribution),
      distribution,
      vboxdrv,
      hasXsave: gathered?.hasXsave,
      installRemedies: {
        ...(emulator ? { [emulator.id]: remedy('installQemu', distribution) } : {}),
        ...(ownDriver ? { [ownDriver.id]: remedy('installVirtualBox', distribution) } : {}),
      },
      forced: settings?.forcedEngines ?? [],
    });
    for (const row of rows) {
      const key = backendKey(row);
      const written = JSON.stringify(row);
      if (sent.get(key) === written) continue;
      sent.set(key, written);
      deps.onEngineFact(row);
    }
  };

  /** What one pass of checks looks at. What several of them ask for is looked at once. */
  const probeHost = (isFresh: boolean): ProbeHost => ({
    root,
    env,
    exec,
    signal,
    distribution: facts.distribution,
    dataDir: paths.data,
    drivers,
    mayUse: mayUseBelow(root),
    user: currentUser(),
    lookAtKvmDevice: once(() => lookAtDevice(kvmDevice)),
    lookAtVboxdrv: once(async () => gathered?.vboxdrv ?? lookAtVboxdrv({ root }, vboxdrvDevice)),
    checkKvm: async () => {
      const result = await checkKvm(isFresh);
      kvm = result?.verdict;
      return result;
    },
  });

  const publish = (check: HostCheck): void => {
    checks.set(check.id, check);
    deps.onCheck(check);
  };
  const runProbe = createProbeRunner({
    signal,
    log,
    now: deps.now,
    drivers,
    former: (id) => checks.get(id),
    publish,
    withdraw: (id) => {
      if (checks.delete(id)) deps.onCheckGone(id);
    },
  });

  const gatherFacts = async (): Promise<void> => {
    memoryReadAt = performance.now();
    const isOwnDriverKnown = ownDriverOf(drivers()) !== undefined;
    gathered = await gather(root, isOwnDriverKnown ? vboxdrvDevice : undefined);
    facts = { ...gathered.facts, vboxdrv: facts.vboxdrv };
    deps.onFacts();
  };

  /** Free memory is judged as it is now, not as it was when the host was last looked at. */
  const currentFacts = (): HostFacts => {
    if (facts !== noFacts && performance.now() - memoryReadAt > memoryMaxAgeMs) {
      memoryReadAt = performance.now();
      facts = { ...facts, ...memoryFactsNow({ root }) };
    }
    return facts;
  };

  /** Runs the wanted checks one after another; failures of one never stop the others. */
  const look = (wanted: (probe: Probe) => boolean, isFresh: boolean): Promise<void> => {
    queue = queue.then(async () => {
      if (signal.aborted) return;
      try {
        await gatherFacts();
        deps.onHost(await hostSummary({ root, dataDir: paths.data }));
        sendEngineFacts();
        const host = probeHost(isFresh);
        for (const probe of allProbes.filter(wanted)) {
          await runProbe(probe, host, isFresh || slowChecks.has(probe.id));
        }
        if (!signal.aborted) sendEngineFacts();
      } catch (error) {
        log.error('look at the host', { error: String(error) });
      }
    });
    return queue;
  };

  const lookedAfter = new Map<NonNullable<Probe['after']>, string>();
  /** Looks at what rests on a hypervisor's probe whenever that has a new outcome. */
  const lookAfterDrivers = (): void => {
    const all = drivers();
    const emulator = emulatorDriver({ drivers });
    const awaited = { emulator: emulator ?? all[0], ownDriver: ownDriverOf(all) };
    for (const after of ['emulator', 'ownDriver'] as const) {
      const driver = awaited[after];
      if (!driver || driver.probe.kind === 'pending') continue;
      const builds = after === 'ownDriver' ? driver.capabilities?.absentEngines.length : undefined;
      const outcome = `${driver.probe.kind} ${builds}`;
      if (lookedAfter.get(after) === outcome) continue;
      lookedAfter.set(after, outcome);
      const done = look((probe) => probe.after === after, false);
      if (after === 'emulator') void done.then(announceKnown);
    }
  };

  const onInputsChanged = async (): Promise<void> => {
    if (signal.aborted) return;
    log.info('the host changed');
    await deps.reprobe?.().catch((error: unknown) => {
      log.warn('hypervisors not looked for again', { error: String(error) });
    });
    await look(() => true, false);
  };

  /** A machine came up or went: who holds the processor's virtualization is another question now. */
  const onMachines = (now: AppState, before: AppState): void => {
    if (now.vms === before.vms || !lookedAfter.has('ownDriver')) return;
    const hasTurned = Object.values(now.vms).some((vm) => {
      const former = before.vms[vm.definition.id];
      return former !== vm && former !== undefined && isLive(former.power) !== isLive(vm.power);
    });
    if (!hasTurned) return;
    clearTimeout(machinesTimer);
    machinesTimer = setTimeout(() => {
      inputs?.check();
      void look((probe) => machineChecks.has(probe.id), false);
    }, deps.settleMs ?? machinesSettleMs);
    machinesTimer.unref();
  };

  return {
    start: () => {
      // Let go before the first picture of the window.
      if (signal.aborted) return;
      unsubscribe = deps.subscribe((now, before) => {
        onMachines(now, before);
        // A bridge was made or taken back.
        if (now.hostChanges !== before.hostChanges)
          void look(({ id }) => id === netBridge.id, false);
        if (now.drivers === before.drivers) return;
        // What an engine's standing rests on: the probe, and the engines the build has.
        sendEngineFacts();
        lookAfterDrivers();
      });
      const nodes = [kvmDevice, vboxdrvDevice];
      const { settleMs, restMs } = deps;
      inputs = watchInputs({
        root,
        env,
        nodes,
        onChange: () => void onInputsChanged(),
        ...(settleMs === undefined ? {} : { settleMs }),
        ...(restMs === undefined ? {} : { restMs }),
      });
      void look((probe) => probe.after === undefined && probe.startsProgram !== true, false);
      lookAfterDrivers();
      // What starts programs waits until the engines are known.
      void firstLook.then(() =>
        look((probe) => probe.after === undefined && probe.startsProgram === true, false),
      );
    },
    recheck: async (id) => {
      if (id === undefined) {
        await look(() => true, true);
        return;
      }
      // The three KVM checks share one verdict: looking at one looks at what the engine facts rest on.
      const wanted = kvmChecks.has(id) ? kvmChecks : new Set([id]);
      await look((probe) => wanted.has(probe.id), true);
    },
    facts: currentFacts,
    noticeChange: () => inputs?.check(),
    refreshEngineFacts: sendEngineFacts,
    enginesKnown: () => firstLook,
    report: async () => {
      // A look that goes on belongs into the report.
      await queue;
      return hostReport(
        state().host['host'],
        allProbes.flatMap((probe) => checks.get(probe.id) ?? []),
        Object.values(state().engines),
        state().settings['settings']?.mutedChecks ?? [],
      );
    },
    dispose: async () => {
      unsubscribe();
      clearTimeout(machinesTimer);
      inputs?.dispose();
      abort.abort();
      announceKnown();
      await queue;
    },
  };
};
