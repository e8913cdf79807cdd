// Judges one engine for one machine: gates (host, exclusion, required features, saved state) and score.
// Chooses nothing; decide.ts does. Weights are those of the host-compatibility notes, section 4 step 6.
import type { Remedy, EngineFact } from '../../shared/model/compat.ts';
import {
  backendKey,
  isSameBackend,
  type Backend,
  type DriverInfo,
  type EngineInfo,
} from '../../shared/model/driver.ts';
import { familyById } from '../../shared/model/guest-family.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { DecideInput } from './decide-input.ts';
import { evaluate } from './evaluate.ts';
import { familyEngines, type FamilyEngines } from './family-engines.ts';

/**
 * `free`: may win by itself. `slow`: measured slower than software, wins only when nothing free is left.
 * `consent`: only with the user's word. `unknown`: could not be judged. `refused`: cannot run it now.
 */
export type Tier = 'free' | 'slow' | 'consent' | 'unknown' | 'refused';

export interface JudgedEngine {
  readonly backend: Backend;
  readonly engine: EngineInfo;
  readonly fact: EngineFact | undefined;
  readonly tier: Tier;
  /** 100 at the start, less what speaks against it. */
  readonly score: number;
  /** Score by speed and guest family alone, as if nothing were in the way. */
  readonly idealScore: number;
  /** Place in the guest family's order, 0 = first. */
  readonly familyPosition: number;
  /** Set: it is refused only since this holds what it needs now. */
  readonly busyBy: string | undefined;
  /** A required feature could not be judged: not even a pin starts it unasked. */
  readonly hasDoubts: boolean;
  /** Everything that speaks against it, the strongest first, as clauses after "because". */
  readonly against: readonly Text[];
  readonly lost: readonly Text[];
  readonly unlock: Remedy | undefined;
}

const weight = {
  software: -60,
  softwareWhereItSuits: -10,
  familyPosition: -8,
  slow: -90,
  requiredLimited: -25,
  preferredLimited: -8,
  preferredMissing: -15,
  developmentBuild: -12,
  portOfOthers: -10,
  lastGood: 15,
  crashesEarly: -40,
} as const;
/** Crashes within a minute of starting that count as a pattern. */
const crashesThatCount = 2;

/** Looked for, or found but not asked yet what it can do. */
export const isStillAnswering = ({ probe, capabilities, problem }: DriverInfo): boolean =>
  probe.kind === 'pending' || (probe.kind === 'found' && !capabilities && !problem);

const driverObstacle = (driver: DriverInfo): { tier: Tier; reason: Text } | undefined => {
  const params = { driver: driver.title };
  switch (driver.probe.kind) {
    case 'pending':
      return { tier: 'unknown', reason: text('decision.because.driverPending', params) };
    case 'missing':
      return { tier: 'refused', reason: text('decision.because.driverMissing', params) };
    case 'broken':
      return { tier: 'refused', reason: text('decision.because.driverBroken', params) };
    case 'found':
      if (driver.problem) return { tier: 'refused', reason: driver.problem };
      return isStillAnswering(driver)
        ? { tier: 'unknown', reason: text('decision.because.driverPending', params) }
        : undefined;
  }
};

/** Severity order: the worst obstacle decides the tier. */
const severity: Readonly<Record<Tier, number>> = {
  free: 0,
  slow: 1,
  consent: 2,
  unknown: 3,
  refused: 4,
};
const worst = (tiers: readonly Tier[]): Tier =>
  tiers.reduce<Tier>((a, b) => (severity[b] > severity[a] ? b : a), 'free');

export const tierRank = (tier: Tier): number => severity[tier];

const familyPlace = (family: FamilyEngines, backend: Backend): number => {
  const place = family.order.indexOf(backendKey(backend));
  return place === -1 ? family.order.length : place;
};

const idealScoreOf = (family: FamilyEngines, engine: EngineInfo, place: number): number => {
  const software =
    family.softwareFirst === undefined ? weight.software : weight.softwareWhereItSuits;
  return 100 + (engine.speed === 'software' ? software : 0) + place * weight.familyPosition;
};

export const judgeEngine = (input: DecideInput, engine: EngineInfo): JudgedEngine => {
  const { definition, driver, facts } = input;
  const backend: Backend = { driver: driver.id, engine: engine.id };
  const fact = input.engineFacts.find((row) => isSameBackend(row, backend));
  const obstacles: {
    readonly tier: Tier;
    readonly reason: Text;
    readonly remedy?: Remedy | undefined;
  }[] = [];
  const lost: Text[] = [];
  const family = familyEngines(definition.family);
  const familyPosition = familyPlace(family, backend);
  const idealScore = idealScoreOf(family, engine, familyPosition);
  let score = idealScore;
  let hasDoubts = false;

  // Host gate.
  const byDriver = driverObstacle(driver);
  if (byDriver) obstacles.push({ ...byDriver, remedy: fact?.remedy });
  if (!fact) {
    obstacles.push({
      tier: 'unknown',
      reason: text('decision.because.engineNotChecked', { engine: engine.title }),
    });
  } else if (fact.standing === 'unusable') {
    obstacles.push({ tier: 'refused', reason: fact.reason, remedy: fact.remedy });
  } else if (fact.standing === 'unknown') {
    obstacles.push({ tier: 'unknown', reason: fact.reason, remedy: fact.remedy });
  } else if (fact.standing === 'slow') {
    obstacles.push({ tier: 'slow', reason: fact.reason, remedy: fact.remedy });
    score += weight.slow;
  }

  // Exclusion gate: somebody else holds what the engine needs, for now.
  let holder: string | undefined;
  for (const exclusion of input.exclusions ?? []) {
    if (isSameBackend(exclusion.backend, backend)) {
      holder = exclusion.other ?? holder;
      obstacles.push({ tier: 'refused', reason: exclusion.reason, remedy: exclusion.remedy });
    }
  }

  // Saved state belongs to the engine that wrote it.
  if (input.savedState && !isSameBackend(input.savedState, backend)) {
    obstacles.push({ tier: 'refused', reason: text('decision.because.savedElsewhere') });
  }

  // Hard constraints and preferences.
  const subject = {
    backend: backendKey(backend),
    family: definition.family,
    config: definition.config,
    engine,
    capabilities: driver.capabilities,
    facts,
    checks: input.checks,
  };
  for (const feature of input.features) {
    const verdict = evaluate(feature, subject);
    if (verdict.kind === 'yes') continue;
    if (verdict.kind === 'limited') {
      lost.push(verdict.reason);
      score += feature.need === 'required' ? weight.requiredLimited : weight.preferredLimited;
    } else if (feature.need === 'required') {
      hasDoubts ||= verdict.kind === 'unknown';
      obstacles.push(
        verdict.kind === 'no'
          ? { tier: 'refused', reason: verdict.reason, remedy: verdict.remedy }
          : { tier: 'consent', reason: verdict.reason },
      );
    } else if (verdict.kind === 'no') {
      lost.push(verdict.reason);
      score += weight.preferredMissing;
    }
  }
  if (engine.speed === 'software' && !familyById(definition.family).isLight) {
    lost.push(text('decision.lost.speed'));
  }

  const young = driver.capabilities?.youngEngines?.find((row) => row.engine === engine.id);
  if (young) {
    score += young.build === 'development' ? weight.developmentBuild : weight.portOfOthers;
  }

  if (!engine.isAutomatic) {
    obstacles.push({
      tier: 'consent',
      reason: text('decision.because.neverAutomatic', { engine: engine.title }),
    });
  }
  const against = [...obstacles]
    .sort((a, b) => severity[b.tier] - severity[a.tier])
    .map((o) => o.reason);

  // Health memory and habit.
  const crashes =
    input.health?.find((row) => isSameBackend(row.backend, backend))?.quickCrashes ?? 0;
  if (crashes >= crashesThatCount) {
    score += weight.crashesEarly;
    against.push(text('decision.because.crashesEarly', { engine: engine.title, crashes }));
  }
  for (const burden of input.burdens ?? []) {
    if (!isSameBackend(burden.backend, backend)) continue;
    score += burden.score;
    against.push(burden.reason);
  }
  if (input.lastGood && isSameBackend(input.lastGood, backend)) score += weight.lastGood;

  const refusals = obstacles.filter((obstacle) => obstacle.tier === 'refused').length;
  return {
    backend,
    engine,
    fact,
    busyBy: refusals === 1 ? holder : undefined,
    tier: worst(obstacles.map((obstacle) => obstacle.tier)),
    score,
    idealScore,
    familyPosition,
    hasDoubts,
    against,
    lost,
    unlock: obstacles.find((obstacle) => obstacle.remedy)?.remedy,
  };
};
