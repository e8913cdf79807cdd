// Judges features: pure (feature, subject) -> yes, limited, no with reason and remedy, or unknown with what could not
// be read.
import type { EngineInfo, Capabilities } from '../../shared/model/driver.ts';
import type { HostCheck, Verdict } from '../../shared/model/compat.ts';
import { format } from '../../shared/i18n/format.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { VmConfig } from '../../shared/model/vm-config.ts';
import type { Feature, Requirement } from './features.ts';
import type { Fact, HostFacts } from './host-facts.ts';
import { remedy } from './remedies.ts';
import { asClause, settle } from './table-facts.ts';
import { tableRows } from './table/all.ts';
import type { BackendKey } from './table/cell.ts';

/** One machine on one engine of one host. `capabilities` is absent until the hypervisor answered. */
export interface Subject {
  /** driver/engine: the column of the compatibility table. */
  readonly backend: string;
  readonly family: string;
  readonly config: VmConfig;
  readonly engine: Pick<EngineInfo, 'speed' | 'title'>;
  readonly capabilities: Capabilities | undefined;
  readonly facts: HostFacts;
  /** Checks of the host by id. */
  readonly checks?: Readonly<Record<string, HostCheck>> | undefined;
}

/** A verdict, or: it works with a limit that is worth a word. */
export type Finding = Verdict | { readonly kind: 'limited'; readonly reason: Text };

const yes: Verdict = { kind: 'yes' };
const notAsked: Verdict = { kind: 'unknown', reason: text('decision.unknown.capabilities') };

const no = (
  requirement: Requirement,
  { facts, engine }: Subject,
  value: string | number,
  limit: string | number,
): Verdict => ({
  kind: 'no',
  reason: text(requirement.reason, { value, limit, engine: engine.title }),
  ...(requirement.remedy ? { remedy: remedy(requirement.remedy, facts.distribution) } : {}),
});

const byFact = <T>(fact: Fact<T>, judge: (value: T) => Verdict): Verdict =>
  fact.kind === 'known' ? judge(fact.value) : { kind: 'unknown', reason: fact.reason };

/** That an engine is slow has a weight and a word of its own. */
const speedSentences: readonly string[] = ['table.how.slow', 'table.how.verySlow'];

/** A cell of the compatibility table for this backend. A backend without a column has no limits that are known. */
const byTable = (
  requirement: Extract<Requirement, { kind: 'table' }>,
  feature: Feature,
  subject: Subject,
): Finding => {
  const { engine } = subject;
  const row = tableRows.find(({ id }) => id === requirement.row);
  const cell = row?.cells[subject.backend as BackendKey];
  const title = format(feature.title);
  switch (cell?.kind) {
    case undefined:
    case 'yes':
      return yes;
    case 'degraded': {
      if (speedSentences.includes(cell.how)) return yes;
      const params = { feature: title, sentence: asClause(format(cell.how)) };
      return { kind: 'limited', reason: text('decision.limited.table', params) };
    }
    case 'no': {
      const sentence = asClause(format(cell.why));
      const params = { feature: title, sentence, engine: engine.title };
      return { kind: 'no', reason: text(requirement.reason, params) };
    }
    case 'needs':
    case 'probe': {
      const sentence = cell.kind === 'needs' ? cell.what : cell.look;
      const params = { feature: title, sentence: asClause(format(sentence)), engine: engine.title };
      const { state, remedy: found } = settle(sentence, subject);
      if (state === 'holds') return yes;
      if (cell.kind === 'needs' && requirement.isAskedElsewhere === true) return yes;
      if (state === 'open')
        return { kind: 'unknown', reason: text('decision.unknown.table', params) };
      const reason = text(requirement.reason, params);
      return { kind: 'no', reason, ...(found ? { remedy: found } : {}) };
    }
  }
};

const judge = (requirement: Requirement, feature: Feature, subject: Subject): Finding => {
  const { capabilities, config, facts } = subject;
  switch (requirement.kind) {
    case 'flag':
      if (!capabilities) return notAsked;
      return capabilities[requirement.flag] ? yes : no(requirement, subject, '', '');
    case 'listed': {
      if (!capabilities) return notAsked;
      const offered: readonly string[] | undefined = capabilities[requirement.list];
      if (offered === undefined || (requirement.isOpen && offered.length === 0)) return yes;
      const missing = requirement.wanted(config).filter((value) => !offered.includes(value));
      if (missing.length === 0) return yes;
      return no(requirement, subject, [...new Set(missing)].join(', '), offered.join(', '));
    }
    case 'atMostCapability': {
      if (!capabilities) return notAsked;
      const wanted = requirement.wanted(config);
      const limit = capabilities[requirement.limit];
      return wanted <= limit ? yes : no(requirement, subject, wanted, limit);
    }
    case 'atMostFact': {
      const wanted = requirement.wanted(config);
      return byFact(facts[requirement.fact], (limit) =>
        wanted <= limit ? yes : no(requirement, subject, wanted, limit),
      );
    }
    case 'atLeastFact': {
      const wanted = requirement.wanted(config);
      return byFact(facts[requirement.fact], (limit) =>
        wanted >= limit ? yes : no(requirement, subject, wanted, limit),
      );
    }
    case 'fact':
      if (requirement.onlyNative && subject.engine.speed === 'software') return yes;
      return byFact(facts[requirement.fact], (holds) =>
        holds ? yes : no(requirement, subject, '', ''),
      );
    case 'table':
      return byTable(requirement, feature, subject);
  }
};

/** All must hold: one `no` decides, otherwise one `unknown`, otherwise one limit. A feature not wanted is `yes`. */
export const evaluate = (feature: Feature, subject: Subject): Finding => {
  if (!feature.isWanted(subject.config, subject.family)) return yes;
  const verdicts = feature.requires.map((requirement) => judge(requirement, feature, subject));
  return (
    verdicts.find((verdict) => verdict.kind === 'no') ??
    verdicts.find((verdict) => verdict.kind === 'unknown') ??
    verdicts.find((verdict) => verdict.kind === 'limited') ??
    yes
  );
};
