// The VirtualBox driver: front door of this folder.
import { failure, type AppFailure } from '../../../shared/contract/errors.ts';
import { toDriverId, toEngineId } from '../../../shared/model/brand.ts';
import type { EngineInfo, ProbeOutcome } from '../../../shared/model/driver.ts';
import type { DriverContext, FoundProbe, HypervisorDriver } from '../types.ts';
import { buildOf, capabilitiesOf } from './capabilities.ts';
import { buildKind, oldestVirtualBox, probeVirtualBox, readBuildFacts } from './probe.ts';
import { isDriverThere, type RouteFacts } from './routes.ts';
import { createSession } from './session.ts';
import { createVBoxApi } from './vbox-api.ts';
import { createVBoxManage, type VBoxManage } from './vboxmanage.ts';
import type { WatchTimes } from './watch.ts';
import { startWebService, type WebService } from './web-service.ts';

const engines: readonly EngineInfo[] = [
  {
    id: toEngineId('vboxdrv'),
    speed: 'native',
    title: 'VirtualBox',
    shortTitle: 'VBox',
    mark: 'box',
    accelerator: 'vboxdrv',
    isAutomatic: true,
  },
  {
    id: toEngineId('kvm'),
    speed: 'native',
    title: 'VirtualBox on KVM',
    shortTitle: 'VBox·KVM',
    mark: 'box',
    accelerator: 'kvm',
    isAutomatic: true,
  },
  {
    id: toEngineId('software'),
    speed: 'software',
    title: 'VirtualBox, software',
    shortTitle: 'VBox·soft',
    mark: 'box',
    isAutomatic: false,
  },
];

const unusable = (probe: ProbeOutcome): AppFailure => {
  if (probe.kind !== 'broken') return failure('virtualbox/missing', {});
  const version = /^virtualbox\/too-old: version (\S+)/.exec(probe.stderrTail)?.[1];
  if (version !== undefined)
    return failure('virtualbox/too-old', { version, oldest: oldestVirtualBox });
  const [command = 'VBoxManage'] = probe.command;
  const exit = probe.exitCode === null ? 'no exit code' : `exit code ${probe.exitCode}`;
  const stderr = probe.stderrTail;
  return failure(
    'process/failed',
    { command, exit, stderr },
    { command: { argv: probe.command, exit, stderrTail: stderr } },
  );
};

/** Nobody connected: the service that was started to ask for the capabilities is let go. */
const unusedMs = 30_000;

export interface VirtualBoxDriverOptions {
  /** Shorter in tests of dying services. */
  readonly times?: WatchTimes;
  /** For tests: which ports the web service tries. */
  readonly ports?: () => Promise<number>;
}

export const createVirtualBoxDriver = (options: VirtualBoxDriverOptions = {}): HypervisorDriver => {
  const id = toDriverId('virtualbox');
  const facts = new Map<string, RouteFacts>();
  /** Started for the capabilities, taken over by the session. */
  let spare: { readonly library: string; readonly service: Promise<WebService> } | undefined;

  const manageOf = (probe: FoundProbe, ctx: DriverContext): VBoxManage =>
    createVBoxManage(ctx.exec, probe.paths['manage'] ?? 'VBoxManage', ctx.env);

  const opener = (
    probe: FoundProbe,
    ctx: DriverContext,
  ): (() => Promise<WebService>) | undefined => {
    const path = probe.paths['webService'];
    const manage = manageOf(probe, ctx);
    const { ports } = options;
    return path === undefined
      ? undefined
      : () =>
          startWebService({
            manage,
            path,
            env: ctx.env,
            log: ctx.log,
            ...(ports ? { ports } : {}),
          });
  };

  const isKvmSupported = async (
    probe: FoundProbe,
    ctx: DriverContext,
  ): Promise<boolean | undefined> => {
    const open = opener(probe, ctx);
    if (!open) return undefined;
    const service = open();
    const mine = { library: probe.paths['library'] ?? '', service };
    spare = mine;
    setTimeout(() => {
      if (spare !== mine) return;
      spare = undefined;
      service.then((started) => started.stop()).catch(() => undefined);
    }, unusedMs).unref();
    try {
      return await createVBoxApi(await service).isEngineSupported('NativeApi');
    } catch (error) {
      ctx.log.info('VirtualBox’s engines not asked', { error: String(error) });
      spare = undefined;
      return undefined;
    }
  };

  const routeFacts = async (probe: FoundProbe): Promise<RouteFacts> => {
    const library = probe.paths['library'] ?? '';
    const build = await readBuildFacts(library);
    return {
      build: facts.get(library)?.build ?? buildKind(build),
      isDriverThere: await isDriverThere(build.isHardened),
    };
  };

  return {
    id,
    title: 'VirtualBox',
    engines,
    unusable,
    probe: (ctx) => probeVirtualBox(ctx),
    capabilities: async (probe, ctx) => {
      const library = probe.paths['library'] ?? '';
      const [files, supported] = await Promise.all([
        readBuildFacts(library),
        isKvmSupported(probe, ctx),
      ]);
      const found = {
        build: buildOf(buildKind(files), supported),
        isDriverThere: await isDriverThere(files.isHardened),
      };
      facts.set(library, found);
      return capabilitiesOf(found);
    },
    connect: (probe, capabilities, ctx, onEvent) => {
      const open = opener(probe, ctx);
      const takeOver = (): Promise<WebService> => {
        const ready = spare;
        spare = undefined;
        if (ready && ready.library === probe.paths['library']) return ready.service;
        if (!open) throw failure('virtualbox/missing', {});
        return open();
      };
      return createSession({
        driver: id,
        ctx,
        probe,
        capabilities,
        manage: manageOf(probe, ctx),
        openService: open && takeOver,
        routeFacts: () => routeFacts(probe),
        engineTitle: (engine) => engines.find((row) => row.id === engine)?.title ?? engine,
        ...(options.times ? { times: options.times } : {}),
        onEvent,
      });
    },
  };
};

export const virtualBoxDriver: HypervisorDriver = createVirtualBoxDriver();
