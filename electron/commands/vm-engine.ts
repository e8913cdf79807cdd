// A machine and its engines beyond starting: switching with a preview, passwords, snapshots, the hypervisor's own window.
import { AppFailure, failure } from '../../shared/contract/errors.ts';
import type { EngineId, VmId } from '../../shared/model/brand.ts';
import type { SwitchPreview } from '../../shared/model/compat-table.ts';
import type { Candidate, Decision, Suggestion } from '../../shared/model/compat.ts';
import { isSameBackend, type Backend, type EngineInfo } from '../../shared/model/driver.ts';
import { isLive } from '../../shared/model/power.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { Vm, VmDefinition } from '../../shared/model/vm.ts';
import { format, formatText } from '../../shared/i18n/format.ts';
import type { DriverSession } from '../drivers/types.ts';
import { vmById, type CommandContext } from './context.ts';
import { changeDefinition } from './definitions.ts';
import { power } from './vm-power.ts';

const notOffered = (feature: string): Error =>
  failure('vm/feature-unavailable', { feature, reason: format('command.notAvailable') });

const sessionOf = async (ctx: CommandContext, id: VmId): Promise<DriverSession> =>
  (await ctx.supervisor.connected(vmById(ctx, id).definition.driver)).session;

/** Rejects with `vm/password-wrong`; the password is handed on and kept nowhere. */
export const unlock = async (ctx: CommandContext, id: VmId, password: string): Promise<void> => {
  const session = await sessionOf(ctx, id);
  if (!session.unlock) throw notOffered(format('command.feature.password'));
  await session.unlock(id, password);
  // Asking for it was the problem.
  const { problem } = vmById(ctx, id);
  if (problem?.code === 'vm/password-needed' || problem?.code === 'vm/password-wrong') {
    ctx.store.dispatch({ kind: 'problem', vm: id, error: undefined });
  }
};

export const snapshots = async (ctx: CommandContext, id: VmId): Promise<readonly Snapshot[]> =>
  (await sessionOf(ctx, id)).snapshots?.list(id) ?? [];

export const openWindow = async (ctx: CommandContext, id: VmId): Promise<void> => {
  const session = await sessionOf(ctx, id);
  if (!session.openWindow) throw notOffered(format('command.feature.window'));
  await session.openWindow(id);
};

export interface SwitchWish {
  readonly engine: EngineId | null;
  readonly isLasting: boolean;
  readonly discardSaved: boolean;
}

const withoutPin = (definition: VmDefinition): VmDefinition => {
  const rest: Record<string, unknown> = { ...definition };
  delete rest['pin'];
  return rest as unknown as VmDefinition;
};

const engineOf = (ctx: CommandContext, backend: Backend): EngineInfo | undefined =>
  ctx.supervisor.driver(backend.driver)?.engines.find(({ id }) => id === backend.engine);

/** What it runs on, what its memory was saved on, or what it would start on. */
const presentBackend = (ctx: CommandContext, vm: Vm, decision: Decision): Backend | undefined => {
  if (vm.proof && isLive(vm.power)) return vm.proof.backend;
  if (vm.power === 'saved') {
    const owner = ctx.memory.lastGood(vm.definition.id);
    if (owner) return owner;
  }
  return decision.outcome.kind === 'none' ? undefined : decision.outcome.backend;
};

const savedStateFor = (ctx: CommandContext, vm: Vm, to: Backend): SwitchPreview['savedState'] => {
  if (vm.power !== 'saved') return 'none';
  const owner = ctx.memory.lastGood(vm.definition.id);
  // Saved outside Polyvisor: nobody knows on which engine.
  return owner && isSameBackend(owner, to) ? 'fits' : 'blocks';
};

const verdictOf = ({ standing }: Candidate): SwitchPreview['verdict'] =>
  standing === 'chosen' ? 'possible' : standing;

/** Another hypervisor that would run it as the wanted engine cannot: worth a word, since it needs conversion. */
const betterElsewhere = (
  ctx: CommandContext,
  candidate: Candidate,
  to: EngineInfo,
  suggestions: readonly Suggestion[],
): readonly Text[] => {
  const isGood = verdictOf(candidate) === 'possible' && candidate.lost.length === 0;
  if (isGood && to.speed === 'native') return [];
  const other = suggestions
    .map(({ backend }) => engineOf(ctx, backend))
    .find((engine) => engine !== undefined && (engine.speed === 'native' || !to.isAutomatic));
  if (!other) return [];
  const key =
    other.speed === 'native'
      ? 'command.switch.elsewhereNative'
      : 'command.switch.elsewhereSoftware';
  return [text(key, { engine: other.title })];
};

/** What switching to `engine` would change and lose. Changes nothing. Rejects with `engine/none-usable` for one unknown. */
export const previewSwitch = async (
  ctx: CommandContext,
  id: VmId,
  engine: EngineId,
): Promise<SwitchPreview> => {
  const vm = vmById(ctx, id);
  const { definition } = vm;
  const { session, capabilities } = await ctx.supervisor.connected(definition.driver);
  const to: Backend = { driver: definition.driver, engine };
  const info = engineOf(ctx, to);
  // Judged as if nothing were set or saved: those two are told apart below.
  const free = ctx.decide(withoutPin(definition), { isSavedIgnored: true });
  const candidate = free.candidates.find(({ backend }) => isSameBackend(backend, to));
  if (!info || !candidate) {
    throw failure('engine/none-usable', { name: definition.name, reason: engine });
  }
  const from = presentBackend(ctx, vm, ctx.decide(definition));
  const before = from && engineOf(ctx, from);
  const changes: Text[] = [];
  if (before && before.id !== info.id) {
    const titles = { from: before.title, to: info.title };
    changes.push(text('command.switch.engine', titles));
    if (before.speed !== info.speed) {
      const isFaster = info.speed === 'native';
      changes.push(text(isFaster ? 'command.switch.faster' : 'command.switch.slower'));
    }
  }
  const route = capabilities.startRoutes.find((row) => row.engine === engine);
  if (route) changes.push(route.reason);
  const lost = before
    ? candidate.lost.filter((loss) => {
        const now = free.candidates.find(({ backend }) => from && isSameBackend(backend, from));
        return !now?.lost.some((known) => formatText(known) === formatText(loss));
      })
    : candidate.lost;
  const warning = capabilities.canWriteEngine ? session.engineSetting?.warning : undefined;
  return {
    ...(from ? { from } : {}),
    to,
    verdict: verdictOf(candidate),
    reasons: [...candidate.reasons, ...betterElsewhere(ctx, candidate, info, free.suggestions)],
    changes,
    lost,
    savedState: savedStateFor(ctx, vm, to),
    ...(warning ? { lastingWarning: warning } : {}),
    ...(candidate.unlock ? { remedy: candidate.unlock } : {}),
  };
};

const assertSwitchable = (vm: Vm, preview: SwitchPreview, wish: SwitchWish): void => {
  const { name } = vm.definition;
  if (preview.verdict === 'refused') {
    const [reason] = preview.reasons;
    throw failure('engine/none-usable', { name, reason: reason ? formatText(reason) : '' });
  }
  if (preview.savedState === 'blocks' && !wish.discardSaved) {
    throw failure('vm/wrong-state', {
      name,
      state: format('power.saved'),
      action: format('command.feature.switch'),
    });
  }
};

/** `null`: decide each time again. Rejects before anything is changed; a running machine switches at its next start. */
export const switchEngine = async (
  ctx: CommandContext,
  id: VmId,
  wish: SwitchWish,
): Promise<void> => {
  const vm = vmById(ctx, id);
  const { definition } = vm;
  const { session, capabilities } = await ctx.supervisor.connected(definition.driver);
  const setting = capabilities.canWriteEngine ? session.engineSetting : undefined;
  if (wish.isLasting && !setting) throw notOffered(format('command.feature.lasting'));
  if (wish.isLasting && (isLive(vm.power) || (vm.power === 'saved' && !wish.discardSaved))) {
    const { name } = definition;
    throw failure('vm/not-changeable-live', { name, setting: format('command.setting.engine') });
  }
  let isBlockedBySaved = false;
  if (wish.engine !== null) {
    const preview = await previewSwitch(ctx, id, wish.engine);
    assertSwitchable(vm, preview, wish);
    isBlockedBySaved = preview.savedState === 'blocks';
  }
  if (isBlockedBySaved || (wish.isLasting && vm.power === 'saved')) {
    const ended = await ctx.jobs.ended(power(ctx, id, 'discardSaved'));
    if (ended.error) throw new AppFailure(ended.error);
  }
  if (wish.isLasting) await setting?.write(id, wish.engine ?? undefined);
  const now = withoutPin(vmById(ctx, id).definition);
  await changeDefinition(ctx, wish.engine === null ? now : { ...now, pin: wish.engine });
  const { power: state, proof } = vmById(ctx, id);
  if (isLive(state) && proof) {
    const hasPendingChanges = wish.engine !== null && proof.backend.engine !== wish.engine;
    if (hasPendingChanges)
      ctx.store.dispatch({ kind: 'pendingChanges', vm: id, hasPendingChanges });
  }
};
