// Starting on the decided engine and, when that engine itself fails, once on the next one: visibly, and only where
// nothing is lost and nobody has to be asked. Everything else comes back as a question or as the first failure.
import { failure, isFailure, type AppFailure } from '../../shared/contract/errors.ts';
import { toEpochMs, type EngineId } from '../../shared/model/brand.ts';
import type { Candidate, Decision } from '../../shared/model/compat.ts';
import { isSameBackend, type Backend } from '../../shared/model/driver.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { Vm } from '../../shared/model/vm.ts';
import { format, formatText } from '../../shared/i18n/format.ts';
import type { PowerOptions } from '../app-types.ts';
import type { DriverSession } from '../drivers/types.ts';
import type { JobContext } from '../jobs/jobs.ts';
import { vmById, type CommandContext } from './context.ts';

const titleOf = (ctx: CommandContext, backend: Backend): string =>
  ctx.supervisor.driver(backend.driver)?.engines.find(({ id }) => id === backend.engine)?.title ??
  backend.engine;

/** The engine to start on; throws `engine/*` when the user must be asked or nothing fits. */
export const chooseEngine = (ctx: CommandContext, vm: Vm, options: PowerOptions): EngineId => {
  const { definition } = vm;
  const decision = ctx.decide(definition);
  const wanted = options.engine;
  const named = wanted ?? definition.pin;
  // Whoever insists on the engine hears what it would do; nobody's word starts it.
  const danger =
    named === undefined
      ? undefined
      : ctx.lock.freezes(definition, { driver: definition.driver, engine: named });
  if (danger) throw danger;
  if (wanted !== undefined) {
    const candidate = decision.candidates.find((c) => c.backend.engine === wanted);
    if (candidate && candidate.standing !== 'refused') return wanted;
    const busy = ctx.lock.conflict(definition, { driver: definition.driver, engine: wanted });
    if (busy) throw busy;
    const reason = candidate?.reasons[0];
    throw failure('engine/none-usable', {
      name: definition.name,
      reason: reason ? formatText(reason) : wanted,
    });
  }
  const { outcome } = decision;
  if (outcome.kind === 'use') return outcome.backend.engine;
  if (outcome.kind === 'ask') {
    if (options.hasConsent) return outcome.backend.engine;
    throw failure('engine/needs-consent', {
      name: definition.name,
      engine: titleOf(ctx, outcome.backend),
      engineId: outcome.backend.engine,
      reason: formatText(outcome.question),
    });
  }
  throw failure('engine/none-usable', {
    name: definition.name,
    reason: formatText(decision.because),
  });
};

/** The best candidate that is left when `failed` is out; those that are refused are none. */
export const nextCandidate = (decision: Decision, failed: Backend): Candidate | undefined =>
  decision.candidates.find(
    ({ backend, standing }) => !isSameBackend(backend, failed) && standing !== 'refused',
  );

/** What `next` lacks and the engine that was agreed on does not. */
export const newlyLost = (
  decision: Decision,
  failed: Backend,
  next: Candidate,
): readonly Text[] => {
  const before = decision.candidates.find(({ backend }) => isSameBackend(backend, failed))?.lost;
  const known = new Set((before ?? []).map(formatText));
  return next.lost.filter((loss) => !known.has(formatText(loss)));
};

/** Nobody chose the engine by name, so another may take its place unasked. */
const isFreeChoice = (vm: Vm, options: PowerOptions): boolean =>
  options.engine === undefined && vm.definition.pin === undefined;

const reasonOf = (error: AppFailure): string => {
  const { reason } = error.error.params;
  return typeof reason === 'string' && reason !== '' ? reason : error.error.code;
};

const question = (
  ctx: CommandContext,
  vm: Vm,
  failed: Backend,
  next: Candidate,
  lost: readonly Text[],
  error: AppFailure,
): AppFailure => {
  const engine = titleOf(ctx, next.backend);
  const params = { failed: titleOf(ctx, failed), reason: reasonOf(error), engine };
  // What speaks against an engine that asks for consent is a loss as well.
  const against = next.standing === 'needsConsent' || next.standing === 'unknown';
  const losses = [...lost, ...(against ? next.reasons : [])].map(formatText);
  const { command } = error.error;
  return failure(
    'engine/needs-consent',
    {
      name: vm.definition.name,
      engine,
      engineId: next.backend.engine,
      reason:
        losses.length === 0
          ? format('command.ask.afterFailure', params)
          : format('command.ask.afterFailureLosing', { ...params, lost: losses.join('; ') }),
    },
    { tried: error.error.tried, ...(command ? { command } : {}), cause: error },
  );
};

/** One start, while the machine's side of the processor's virtualization is held for it. */
const startOn = async (
  ctx: CommandContext,
  { definition }: Vm,
  backend: Backend,
  session: DriverSession,
  job: JobContext,
): Promise<void> => {
  const release = await ctx.lock.claim(definition, backend);
  try {
    await ctx.networks.whilePlugged(definition, backend, session, (plugs) =>
      session.start(definition, { engine: backend.engine, plugs }, job),
    );
  } finally {
    release();
  }
};

/** Starts the machine. Rejects with `engine/*` or what the driver says; at most two engines are tried. */
export const startOnBest = async (
  ctx: CommandContext,
  vm: Vm,
  options: PowerOptions,
  session: DriverSession,
  job: JobContext,
): Promise<void> => {
  const { definition } = vm;
  const { id, driver } = definition;
  const first: Backend = { driver, engine: chooseEngine(ctx, vm, options) };
  const agreed = ctx.decide(definition);
  ctx.store.dispatch({ kind: 'fallback', vm: id, fallback: undefined });
  job.progress(null, text('command.step.startOn', { engine: titleOf(ctx, first) }));
  try {
    await startOn(ctx, vm, first, session, job);
    return;
  } catch (error) {
    if (!isFailure(error, 'engine/start-failed')) throw error;
    ctx.memory.noteFailedStart(id, first);
    if (job.signal.aborted) throw error;
    // Judged anew: the host may look different after a failed start.
    const current = vmById(ctx, id);
    const next = nextCandidate(ctx.decide(current.definition), first);
    if (!next) throw error;
    const lost = newlyLost(agreed, first, next);
    const isUnasked = next.standing === 'possible' || next.standing === 'chosen';
    if (!isFreeChoice(current, options) || !isUnasked || lost.length > 0) {
      throw question(ctx, current, first, next, lost, error);
    }
    const { backend } = next;
    const titles = { failed: titleOf(ctx, first), engine: titleOf(ctx, backend) };
    job.progress(null, text('command.step.fallback', titles));
    try {
      await startOn(ctx, current, backend, session, job);
    } catch (second) {
      if (isFailure(second, 'engine/start-failed')) ctx.memory.noteFailedStart(id, backend);
      throw second;
    }
    const reason = text('command.fallback.because', { ...titles, reason: reasonOf(error) });
    const at = toEpochMs(ctx.now());
    ctx.store.dispatch({
      kind: 'fallback',
      vm: id,
      fallback: { from: first, to: backend, reason, at },
    });
  }
};
