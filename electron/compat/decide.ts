// Decides which engine runs a machine: pure, over definition, host facts, features and the user's word.
// Candidates are the engines of the machine's own driver; other drivers' backends are only ever suggested.
// Rules: host-compatibility notes, section 4. Nothing here asks, converts, discards or elevates.
import type { EngineId } from '../../shared/model/brand.ts';
import type { Candidate, Decision, Remedy, Suggestion } from '../../shared/model/compat.ts';
import { isSameBackend, type Backend } from '../../shared/model/driver.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { DecideInput } from './decide-input.ts';
import { familyEngines } from './family-engines.ts';
import { isStillAnswering, judgeEngine, tierRank, type JudgedEngine } from './judge-engine.ts';

/** Scores this close count as equal; habit and the family's order decide then. */
const tieWidth = 5;

const isFree = (judged: JudgedEngine): boolean => judged.tier === 'free' || judged.tier === 'slow';
const canAsk = (judged: JudgedEngine): boolean =>
  judged.tier === 'consent' || judged.tier === 'unknown';

const nearerTheFamily = (a: JudgedEngine, b: JudgedEngine): JudgedEngine =>
  b.familyPosition < a.familyPosition ? b : a;

/** The engine that would be taken if nothing stood in its way. */
const idealOf = (engines: readonly JudgedEngine[]): JudgedEngine | undefined => {
  const best = Math.max(...engines.map((engine) => engine.idealScore));
  const tied = engines.filter((engine) => best - engine.idealScore <= tieWidth);
  return tied.length === 0 ? undefined : tied.reduce(nearerTheFamily);
};

/** Best first: tier, then score; within a tie habit, then the family's order. */
const rank = (engines: readonly JudgedEngine[], lastGood: Backend | undefined): JudgedEngine[] => {
  const sorted = [...engines].sort(
    (a, b) => tierRank(a.tier) - tierRank(b.tier) || b.score - a.score,
  );
  const top = sorted[0];
  if (!top) return sorted;
  const tied = sorted.filter((e) => e.tier === top.tier && top.score - e.score <= tieWidth);
  const habit = tied.find((e) => lastGood && isSameBackend(e.backend, lastGood));
  const first = habit ?? tied.reduce(nearerTheFamily);
  return [first, ...sorted.filter((e) => e !== first)];
};

interface Choice {
  readonly outcome: Decision['outcome'];
  readonly because: Text;
  readonly confidence: Decision['confidence'];
  readonly action?: Remedy | undefined;
}

const confidenceOf = (judged: JudgedEngine): Decision['confidence'] =>
  judged.fact?.confidence ?? 'assumed';

/** Why `chosen` won, as one clause: what kept the ideal engine away, or what speaks for the chosen one. */
const explain = (
  input: DecideInput,
  engines: readonly JudgedEngine[],
  chosen: JudgedEngine,
): Pick<Choice, 'because' | 'confidence' | 'action'> => {
  const ideal = idealOf(engines);
  const why = ideal === chosen ? undefined : ideal?.against[0];
  if (ideal && why) return { because: why, confidence: confidenceOf(ideal), action: ideal.unlock };
  const family = familyEngines(input.definition.family).softwareFirst;
  if (family && chosen.engine.speed === 'software') {
    return { because: text(family), confidence: 'documented' };
  }
  return {
    because: chosen.fact?.reason ?? text('decision.because.only', { engine: chosen.engine.title }),
    confidence: confidenceOf(chosen),
    action: chosen.fact?.remedy,
  };
};

const noChoice = (engines: readonly JudgedEngine[]): Choice => {
  const first = engines[0];
  return {
    outcome: { kind: 'none' },
    because: first?.against[0] ?? text('decision.because.noEngine'),
    confidence: first ? confidenceOf(first) : 'assumed',
    action: engines.find((engine) => engine.unlock)?.unlock,
  };
};

/** Why it comes to a question: what kept the better engine away; only without one, what speaks against this one. */
const whyAsked = (
  engines: readonly JudgedEngine[],
  asked: JudgedEngine,
): Pick<Choice, 'because' | 'confidence' | 'action'> => {
  const ideal = idealOf(engines);
  const why = ideal === asked || asked.tier === 'unknown' ? undefined : ideal?.against[0];
  if (ideal && why) return { because: why, confidence: confidenceOf(ideal), action: ideal.unlock };
  return {
    because: asked.against[0] ?? text('decision.because.noEngine'),
    confidence: confidenceOf(asked),
    action: asked.unlock,
  };
};

/** Without a pin and without saved state: the best free engine; else ask for the best that needs a word. */
const chooseFreely = (input: DecideInput, ranked: readonly JudgedEngine[]): Choice => {
  const first = ranked[0];
  // While the hypervisor is being looked at, a question would be premature.
  if (!first || isStillAnswering(input.driver)) return noChoice(ranked);
  // Software in the place of an engine that is only busy now: worth a question, since waiting is a choice too.
  const busy = ranked.find(({ busyBy }) => busyBy !== undefined);
  const isMakeshift =
    first.lost.length > 0 &&
    ranked.every((engine) => !isFree(engine) || engine.engine.speed === 'software');
  if (isFree(first) && isMakeshift && busy?.engine.speed === 'native') {
    const params = { other: busy.busyBy ?? '', engine: first.engine.title };
    return {
      outcome: {
        kind: 'ask',
        backend: first.backend,
        question: text('decision.question.busyNow', params),
      },
      because: busy.against[0] ?? text('decision.because.noEngine'),
      confidence: confidenceOf(busy),
      action: busy.unlock,
    };
  }
  if (isFree(first)) {
    return { outcome: { kind: 'use', backend: first.backend }, ...explain(input, ranked, first) };
  }
  if (!canAsk(first)) return noChoice(ranked);
  const key =
    first.tier === 'unknown' ? 'decision.question.notChecked' : 'decision.question.useAnyway';
  return {
    outcome: {
      kind: 'ask',
      backend: first.backend,
      question: text(key, { engine: first.engine.title }),
    },
    ...whyAsked(ranked, first),
  };
};

/** A pin is followed or asked about, never silently overridden. */
const choosePinned = (
  input: DecideInput,
  ranked: readonly JudgedEngine[],
  pinned: JudgedEngine | undefined,
  title: string,
): Choice => {
  if (isStillAnswering(input.driver)) return noChoice(pinned ? [pinned] : ranked);
  // The pin is the user's word for an engine that asks for one, or that could not be judged.
  const isUsable = pinned && (isFree(pinned) || (canAsk(pinned) && !pinned.hasDoubts));
  if (isUsable) {
    const because = input.savedState
      ? text('decision.because.savedState', { engine: title })
      : text('decision.because.pinned');
    return {
      outcome: { kind: 'use', backend: pinned.backend },
      because,
      confidence: confidenceOf(pinned),
      action: pinned.fact?.remedy,
    };
  }
  const because = pinned?.against[0] ?? text('decision.because.pinUnknown', { engine: title });
  const confidence = pinned ? confidenceOf(pinned) : 'assumed';
  const action = pinned?.unlock;
  if (pinned && canAsk(pinned)) {
    const question = text('decision.question.useAnyway', { engine: title });
    const outcome = { kind: 'ask', backend: pinned.backend, question } as const;
    return { outcome, because, confidence, action };
  }
  const other = ranked.find((engine) => engine !== pinned && (isFree(engine) || canAsk(engine)));
  if (!other) return { outcome: { kind: 'none' }, because, confidence, action };
  const question = text('decision.question.otherThanPin', {
    pinned: title,
    engine: other.engine.title,
  });
  return {
    outcome: { kind: 'ask', backend: other.backend, question },
    because,
    confidence,
    action,
  };
};

const toCandidate = (judged: JudgedEngine, outcome: Decision['outcome']): Candidate => {
  const isPicked = outcome.kind !== 'none' && isSameBackend(outcome.backend, judged.backend);
  const standing = (): Candidate['standing'] => {
    if (isPicked) return outcome.kind === 'use' ? 'chosen' : 'needsConsent';
    if (isFree(judged)) return 'possible';
    return judged.tier === 'consent' ? 'needsConsent' : (judged.tier as 'unknown' | 'refused');
  };
  const speaksFor = judged.fact && judged.against.length === 0 ? [judged.fact.reason] : [];
  return {
    kind: 'candidate',
    backend: judged.backend,
    standing: standing(),
    score: judged.score,
    reasons: [...speaksFor, ...judged.against],
    lost: judged.lost,
    ...(judged.unlock ? { unlock: judged.unlock } : {}),
  };
};

const suggest = (input: DecideInput): Suggestion[] =>
  input.others
    .filter((driver) => driver.id !== input.driver.id && driver.probe.kind === 'found')
    .flatMap((driver) => driver.engines.map((engine) => ({ driver, engine })))
    .flatMap(({ driver, engine }) => {
      const backend: Backend = { driver: driver.id, engine: engine.id };
      const fact = input.engineFacts.find((row) => isSameBackend(row, backend));
      if (fact?.standing !== 'usable' || !engine.isAutomatic) return [];
      const requires = 'conversion' as const;
      return [{ kind: 'suggestion' as const, backend, requires, reasons: [fact.reason] }];
    });

/** Pure and total: every input gives a decision with its reason. */
export const decide = (input: DecideInput): Decision => {
  const { driver, lastGood } = input;
  const judged = driver.engines.map((engine) => judgeEngine(input, engine));
  const ranked = rank(judged, lastGood);
  const pinId = input.pin ?? input.definition.pin;
  const byId = (id: EngineId | undefined): JudgedEngine | undefined =>
    judged.find((engine) => engine.engine.id === id);
  const titleOf = (id: EngineId): string => byId(id)?.engine.title ?? id;

  const choose = (): Choice => {
    if (pinId !== undefined) return choosePinned(input, ranked, byId(pinId), titleOf(pinId));
    const owner = input.savedState?.engine;
    // Saved memory binds like a pin; there is no other engine to offer, its memory would be lost.
    if (owner !== undefined) return choosePinned(input, ranked, byId(owner), titleOf(owner));
    return chooseFreely(input, ranked);
  };
  const { outcome, because, confidence, action } = choose();
  const picked =
    outcome.kind === 'none'
      ? undefined
      : judged.find((engine) => isSameBackend(engine.backend, outcome.backend));
  const inOrder = picked ? [picked, ...ranked.filter((engine) => engine !== picked)] : ranked;
  return {
    outcome,
    because,
    lost: picked?.lost ?? [],
    candidates: inOrder.map((engine) => toCandidate(engine, outcome)),
    suggestions: suggest(input),
    confidence,
    ...(action ? { action } : {}),
    ...(pinId === undefined ? {} : { pinned: { driver: driver.id, engine: pinId } }),
  };
};
