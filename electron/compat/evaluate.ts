// Judges features: pure (feature, subject) -> yes, no with reason and remedy, or unknown with what could not be read.
import type { EngineInfo, Capabilities } from '../../shared/model/driver.ts';
import type { Verdict } from '../../shared/model/compat.ts';
import { text } from '../../shared/model/text.ts';
import type { VmConfig } from '../../shared/model/vm-config.ts';
import type { Feature, Requirement } from './features.ts';
import type { Fact, HostFacts } from './host-facts.ts';
import { remedy } from './remedies.ts';

/** One machine on one engine of one host. `capabilities` is absent until the hypervisor answered. */
export interface Subject {
  readonly config: VmConfig;
  readonly engine: Pick<EngineInfo, 'speed' | 'title'>;
  readonly capabilities: Capabilities | undefined;
  readonly facts: HostFacts;
}

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

const judge = (requirement: Requirement, subject: Subject): Verdict => {
  const { capabilities, config, facts } = subject;
  switch (requirement.kind) {
    case 'flag':
      if (!capabilities) return notAsked;
      return capabilities[requirement.flag] ? yes : no(requirement, subject, '', '');
    case 'listed': {
      if (!capabilities) return notAsked;
      const offered: readonly string[] = capabilities[requirement.list];
      if (requirement.isOpen && offered.length === 0) return yes;
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
  }
};

/** All requirements must hold: one `no` decides; otherwise one `unknown` does. A feature not wanted is `yes`. */
export const evaluate = (feature: Feature, subject: Subject): Verdict => {
  if (!feature.isWanted(subject.config)) return yes;
  const verdicts = feature.requires.map((requirement) => judge(requirement, subject));
  return (
    verdicts.find((verdict) => verdict.kind === 'no') ??
    verdicts.find((verdict) => verdict.kind === 'unknown') ??
    yes
  );
};
