// One start on one engine: keys for this start, the remote display, the route, then proof. Whatever goes wrong, the
// machine is off and free before the failure is told, so that another engine may be tried.
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { failure, isFailure, type AppFailure } from '../../../shared/contract/errors.ts';
import { formatText } from '../../../shared/i18n/format.ts';
import type { EngineId, VmId } from '../../../shared/model/brand.ts';
import { isLive, type PowerState } from '../../../shared/model/power.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { DriverContext, LifecycleContext, StartOptions } from '../types.ts';
import type { PreparedDisplay } from './console/remote-display.ts';
import { runtimeFolder } from './console/serial-path.ts';
import type { Unlock } from './edit/unlock.ts';
import type { VBoxEngine } from './engine-log.ts';
import type { EngineKeys } from './engine-keys.ts';
import { firstDescriptor, launchMachine, waitForLock, type LaunchOutcome } from './launch.ts';
import { awaitLeftovers } from './leftovers.ts';
import type { Look } from './machine-look.ts';
import type { LentNics } from './net/lent-nics.ts';
import { openEnds, type PlugEnd } from './net/plug-ends.ts';
import { powerOf } from './power-state.ts';
import { routeOf, type Route, type RouteFacts } from './routes.ts';
import type { AbortMemory } from './start-aborted.ts';
import type { StartProblem } from './start-errors.ts';
import type { VBoxManage } from './vboxmanage.ts';
import type { Roster } from './watch-roster.ts';

export interface StartDeps {
  readonly ctx: DriverContext;
  readonly manage: VBoxManage;
  readonly look: Look;
  readonly roster: Roster;
  readonly keys: EngineKeys;
  readonly aborts: AbortMemory;
  readonly programs: Readonly<Record<Route, string>>;
  readonly routeFacts: () => Promise<RouteFacts>;
  readonly engineTitle: (engine: EngineId) => string;
  readonly prepareDisplay: (vm: VmId, signal: AbortSignal) => Promise<PreparedDisplay>;
  readonly nics: LentNics;
  readonly unlock: Pick<Unlock, 'isDiskLocked' | 'handOver'>;
}

/** Another program may just be done with it: VirtualBox takes a second or two to let go. */
const briefLockMs = 3000;

const codeOf = ({ code, number }: StartProblem): string =>
  number === undefined ? code : `${code} (${number})`;

const startFailure = (name: string, engine: string, problem: StartProblem): AppFailure => {
  const reason = formatText(problem.sentence);
  return problem.isAboutEngine
    ? failure('engine/start-failed', { name, engine, reason, code: codeOf(problem) })
    : failure('vm/start-failed', { name, reason });
};

/** About a file that is gone VirtualBox tells its window alone, and writes "VINF_SUCCESS" into its log. */
const missingFile = ({ config }: VmDefinition): string | undefined =>
  [...config.disks, ...config.cdDrives, ...(config.floppy ? [config.floppy] : [])]
    .map(({ path }) => path)
    .find((path) => path !== undefined && isAbsolute(path) && !existsSync(path));

/** The driver's own codes: its device cannot be opened, which a driverless program does not mind. */
const isDriverProblem = (problem: StartProblem): boolean =>
  problem.code.startsWith('VERR_VM_DRIVER_');

export const startMachine = async (
  deps: StartDeps,
  definition: VmDefinition,
  { engine, plugs = new Map() }: StartOptions,
  { signal }: LifecycleContext,
): Promise<void> => {
  const { ctx, manage, look, roster, keys, aborts } = deps;
  const { id, name } = definition;
  const known = roster.get(id);
  if (!known) throw failure('vm/not-found', { id });
  const before: PowerState = known.power ?? 'off';
  if (isLive(before)) throw failure('vm/wrong-state', { name, state: before, action: 'start' });
  if (signal.aborted) throw failure('job/cancelled', {});
  if (known.needsPassword) throw failure('vm/password-needed', { name });
  await waitForLock(manage, id, look, briefLockMs);
  if ((await awaitLeftovers(ctx.paths, id)) === 'held')
    throw failure('virtualbox/locked', { name });
  if (await deps.unlock.isDiskLocked(id)) throw failure('vm/password-needed', { name });

  const launch = (route: Route, ends: readonly PlugEnd[]): Promise<LaunchOutcome> =>
    launchMachine({
      manage,
      route,
      program: deps.programs[route],
      machine: id,
      runtime: runtimeFolder(ctx.paths, id),
      logFolder: join(ctx.paths.state, 'vms', id),
      env: ctx.env,
      signal,
      descriptors: ends.map(({ fd }) => fd),
      look,
      isRunning: async () => {
        const power = powerOf((await look(id)).state);
        return power === 'running' || power === 'paused';
      },
    });

  const launchPlugged = async (wanted: VBoxEngine): Promise<LaunchOutcome> => {
    const ends = await openEnds(known.definition.config.nics, plugs);
    try {
      await deps.nics.lend(
        id,
        ends.map(({ nic }, index) => ({ nic, fd: firstDescriptor + index })),
      );
      const route = routeOf(wanted, await deps.routeFacts());
      const outcome = await launch(route, ends);
      const isStale = outcome.kind === 'failed' && isDriverProblem(outcome.problem);
      return isStale && route === 'headless' && wanted === 'software'
        ? await launch('hiddenDisplay', ends)
        : outcome;
    } finally {
      for (const end of ends) end.close();
    }
  };

  const run = async (): Promise<LaunchOutcome> => {
    const wanted = engine as string as VBoxEngine;
    const putBack = await keys.apply(id, wanted);
    try {
      const display = await deps.prepareDisplay(id, signal);
      try {
        const outcome = await launchPlugged(wanted);
        if (outcome.kind === 'running') {
          await deps.unlock.handOver(id);
          await display.settle();
        } else await display.abandon();
        return outcome;
      } catch (error) {
        await display.abandon();
        throw error;
      }
    } finally {
      await putBack();
    }
  };

  /** As it is now: VirtualBox calls it aborted after a start that we ended, which is no crash. */
  const tellState = async (hasFailed: boolean): Promise<void> => {
    const now = await look(id);
    roster.letGo(id);
    if (hasFailed && powerOf(now.state) === 'crashed') {
      await aborts.add(id, now.stateSinceMs);
      roster.setPower(id, 'off');
    } else roster.setState(id, now.state, now.stateSinceMs);
  };

  roster.hold(id);
  roster.setPower(id, before === 'saved' ? 'restoring' : 'starting');
  try {
    const outcome = await run();
    if (outcome.kind === 'failed') {
      const path = outcome.problem.isAboutEngine ? undefined : missingFile(known.definition);
      if (path !== undefined) throw failure('medium/missing', { path });
      throw startFailure(name, deps.engineTitle(engine), outcome.problem);
    }
  } catch (error) {
    await deps.nics.putBack(id).catch((reason: unknown) => {
      ctx.log.warn('network cards were not put back', { machine: id, error: String(reason) });
    });
    await tellState(true).catch((reason: unknown) => {
      roster.letGo(id);
      roster.setPower(id, before);
      ctx.log.warn('state after a failed start', { machine: id, error: String(reason) });
    });
    if (isFailure(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('vm/start-failed', { name, reason }, { cause: error });
  }
  await tellState(false);
};
