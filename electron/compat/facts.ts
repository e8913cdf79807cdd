// Looks at the host in the background: runs the checks, keeps the facts, distils engine facts. Never blocks the
// launch, never rejects; "could not look" stays `unknown`. Results go out through callbacks.
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { toEpochMs } from '../../shared/model/brand.ts';
import type { EngineFact, HostCheck } from '../../shared/model/compat.ts';
import { backendKey } from '../../shared/model/driver.ts';
import { text } from '../../shared/model/text.ts';
import type { AppState, HostSummary } from '../../shared/state/app-state.ts';
import type { AppPaths } from '../drivers/types.ts';
import type { Logger } from '../log/logger.ts';
import type { Exec } from '../process/exec.ts';
import { engineFacts } from './engine-facts.ts';
import { known, noFacts, unknownFact, type HostFacts } from './host-facts.ts';
import { hostSummary, readDistribution } from './host-summary.ts';
import { lookAtKvm } from './kvm/check.ts';
import { lookAtDevice } from './kvm/device.ts';
import type { KvmCheckResult, KvmVerdict } from './kvm/model.ts';
import { readCpuInfo } from './probes/cpu-info.ts';
import { allProbes } from './probes/all.ts';
import { absentKvmRemedy } from './probes/kvm-dev.ts';
import { isParavirtualKvm } from './probes/kvm-mod.ts';
import { memoryFacts, memoryFactsNow } from './probes/mem-avail.ts';
import { ipv6Fact } from './probes/net-ipv6.ts';
import { lowestPortFact } from './probes/net-ports.ts';
import { couldNotLook, lookAtFolder, type Probe, type ProbeHost } from './probes/probe.ts';
import { emulatorDriver } from './probes/qemu-present.ts';
import { remedy } from './remedies.ts';
import { hostReport } from './report.ts';
import { isSetUid, lookAtVboxdrv, ownDriverOf, type VboxdrvLook } from './vboxdrv/look.ts';
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
  readonly onEngineFact: (fact: EngineFact) => void;
  readonly onHost: (host: HostSummary) => void;
  /** The facts that features are judged against changed. */
  readonly onFacts: () => void;
  /** `/`, `/dev/kvm` and `/dev/vboxdrv`, unless a test looks elsewhere. */
  readonly root?: string;
  readonly kvmDevice?: string;
  readonly vboxdrvDevice?: string;
  readonly checkKvm?: (
    isFresh: boolean,
    signal: AbortSignal,
  ) => Promise<KvmCheckResult | undefined>;
}

export interface HostFactsService {
  /** Begins to look, in the background. */
  readonly start: () => void;
  /** Looks again, at one check or at all; resolves when done. Measures anew instead of using a kept verdict. */
  readonly recheck: (id?: string) => Promise<void>;
  readonly facts: () => HostFacts;
  /** The forced engines in the settings changed. */
  readonly refreshEngineFacts: () => void;
  /** Resolves when the first look at every engine is over, or at once after `dispose`. Never rejects. */
  readonly enginesKnown: () => Promise<void>;
  readonly report: () => Promise<string>;
  readonly dispose: () => void;
}

/** Checks that need the emulator's probe to have answered. */
const afterDrivers: ReadonlySet<string> = new Set(['qemu.present', 'kvm.speed']);
/** Checks that may take seconds, so that they are shown as running. */
const slowChecks: ReadonlySet<string> = new Set(['kvm.speed']);
const kvmChecks: ReadonlySet<string> = new Set(['kvm.dev', 'kvm.perm', 'kvm.speed']);
const rawLimit = 16 * 1024;
const memoryMaxAgeMs = 1000;

export const createHostFacts = (deps: HostFactsDeps): HostFactsService => {
  const { exec, log, paths, env, state } = deps;
  const root = deps.root ?? '/';
  const abort = new AbortController();
  const { signal } = abort;
  let facts = noFacts;
  let memoryReadAt = 0;
  let kvm: KvmVerdict | undefined;
  let isParavirtual = false;
  let absentRemedy: Parameters<typeof remedy>[0] = 'firmwareVirtualization';
  let hasXsave: boolean | undefined;
  let vboxdrvLook: VboxdrvLook | undefined;
  const sent = new Map<string, string>();
  const checks = new Map<string, HostCheck>();
  let unsubscribe = (): void => undefined;
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
    const device = deps.kvmDevice ?? '/dev/kvm';
    return lookAtKvm(
      { exec, log, now: deps.now, qemu, rom, cachePath, device },
      { signal, isFresh },
    );
  };

  /** Of the installed VirtualBox and the last look; `undefined` = nothing to judge yet. */
  const judgeOwnDriver = (): VboxdrvStanding | undefined => {
    const driver = ownDriverOf(drivers());
    if (driver?.probe.kind !== 'found' || !vboxdrvLook) return undefined;
    return vboxdrvStanding(vboxdrvLook, {
      version: driver.probe.version,
      isSetUid: isSetUid({ root }, driver),
    });
  };

  const noteVboxdrv = (standing: VboxdrvStanding | undefined): void => {
    const vboxdrv =
      standing && vboxdrvLook
        ? known(vboxdrvFact(standing, vboxdrvLook))
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
      isParavirtualKvm: isParavirtual,
      absentRemedy: remedy(absentRemedy, distribution),
      distribution,
      vboxdrv,
      hasXsave,
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

  const probeHost = (isFresh: boolean): ProbeHost => ({
    root,
    env,
    exec,
    signal,
    distribution: facts.distribution,
    dataDir: paths.data,
    drivers,
    lookAtKvmDevice: () => lookAtDevice(deps.kvmDevice ?? join(root, 'dev/kvm')),
    checkKvm: async () => {
      const result = await checkKvm(isFresh);
      kvm = result?.verdict;
      return result;
    },
  });

  const affects = (probe: Probe): HostCheck['affects'] =>
    drivers().flatMap((driver) =>
      driver.engines
        .filter((engine) => probe.affects === 'all' || engine.accelerator === probe.affects)
        .map((engine) => ({ driver: driver.id, engine: engine.id })),
    );

  const publish = (check: HostCheck): void => {
    checks.set(check.id, check);
    deps.onCheck(check);
  };

  const runProbe = async (probe: Probe, host: ProbeHost, isShown: boolean): Promise<void> => {
    if (signal.aborted) return;
    const { id, category, title, tested } = probe;
    const head = { id, category, title: text(title), tested };
    if (isShown) {
      const former = checks.get(id);
      publish({
        ...head,
        verdict: 'running',
        sentence: text('host.sentence.running'),
        raw: former?.raw ?? '',
        remedies: [],
        affects: affects(probe),
      });
    }
    const result = await probe.run(host).catch((error: unknown) => {
      log.warn('check failed', { id, error: String(error) });
      return couldNotLook(tested, error instanceof Error ? error.message : String(error));
    });
    if (signal.aborted) return;
    publish({
      ...head,
      ...result,
      raw: result.raw.slice(0, rawLimit),
      checkedAt: toEpochMs(deps.now()),
      affects: affects(probe),
    });
  };

  const gatherFacts = async (): Promise<void> => {
    const host = { root };
    memoryReadAt = performance.now();
    const [distribution, memory, lowestPort, hasIpv6, modules] = await Promise.all([
      readDistribution(host),
      memoryFacts(host),
      lowestPortFact(host),
      ipv6Fact(host),
      lookAtFolder(host, '/sys/module'),
    ]);
    isParavirtual = await isParavirtualKvm(host);
    absentRemedy = await absentKvmRemedy(host);
    hasXsave = (await readCpuInfo(host))?.flags.has('xsave');
    if (ownDriverOf(drivers())) vboxdrvLook = await lookAtVboxdrv(host, deps.vboxdrvDevice);
    // KVM on a processor's own module has system management mode; the paravirtual one was seen without.
    const names = modules.kind === 'read' ? modules.text.split('\n') : [];
    const hasOwnModule = names.includes('kvm_intel') || names.includes('kvm_amd');
    facts = {
      distribution: distribution.family,
      cpus: known(availableParallelism()),
      ...memory,
      lowestPort,
      hasIpv6,
      hasKvmSmm: hasOwnModule
        ? known(true)
        : isParavirtual
          ? known(false)
          : unknownFact(text('decision.unknown.unreadable', { path: '/sys/module' })),
      vboxdrv: facts.vboxdrv,
    };
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

  /** The emulator's probe answered; without an emulator, every driver's did. */
  const isAnswered = (): boolean => {
    const emulator = emulatorDriver({ drivers });
    const awaited = emulator ? [emulator] : drivers();
    return awaited.length > 0 && awaited.every(({ probe }) => probe.kind !== 'pending');
  };
  let hasLookedAfterDrivers = false;
  const lookAfterDrivers = (): void => {
    if (hasLookedAfterDrivers || !isAnswered()) return;
    hasLookedAfterDrivers = true;
    void look((probe) => afterDrivers.has(probe.id), false).then(announceKnown);
  };

  return {
    start: () => {
      unsubscribe = deps.subscribe((now, before) => {
        if (now.drivers === before.drivers) return;
        // What an engine's standing rests on: the probe, and the engines the build has.
        sendEngineFacts();
        const foundBefore = Object.values(before.drivers).map((driver) => driver.probe.kind);
        const foundNow = drivers().map((driver) => driver.probe.kind);
        if (foundBefore.join() === foundNow.join()) return;
        // Installed or removed meanwhile: what was said about it no longer holds.
        if (hasLookedAfterDrivers) void look((probe) => afterDrivers.has(probe.id), false);
        lookAfterDrivers();
      });
      void look((probe) => !afterDrivers.has(probe.id), false);
      lookAfterDrivers();
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
    refreshEngineFacts: sendEngineFacts,
    enginesKnown: () => firstLook,
    report: async () =>
      hostReport(
        state().host['host'],
        allProbes.flatMap((probe) => checks.get(probe.id) ?? []),
        Object.values(state().engines),
      ),
    dispose: () => {
      unsubscribe();
      abort.abort();
      announceKnown();
    },
  };
};
