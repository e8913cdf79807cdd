// A plan as people read it: its steps in order, the command of each that changes this computer, what will not work.
import { format, formatText } from '../../../shared/i18n/format.ts';
import type { NetworkPlan, PlanStep } from '../../../shared/model/network-plan.ts';
import type { Text } from '../../../shared/model/text.ts';
import { asSentence } from './sentence.ts';
import { VerdictMark } from './marks.tsx';

/** An argv as it would be typed. */
const typed = (argv: readonly string[]): string =>
  argv.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part}'`)).join(' ');

const StepRow = ({ step }: { readonly step: PlanStep }) => (
  <li className="plan-step">
    <span className={step.privilege === 'none' ? 'tone-run' : 'tone-info'}>
      <VerdictMark shape={step.privilege === 'none' ? 'yes' : 'step'} size={14} />
      <span className="vh">
        {format(step.privilege === 'none' ? 'plan.noPrivilege' : 'plan.authorisation')}
      </span>
    </span>
    <span>
      {asSentence(step.text)}
      {step.kind === 'privileged' && step.command.length > 0 && (
        <code className="mono xs plan-command">{typed(step.command)}</code>
      )}
    </span>
  </li>
);

export const PlanSteps = ({ plan }: { readonly plan: NetworkPlan }) => {
  if (plan.kind === 'refused')
    return (
      <div className="plan-refused" role="status">
        <span className="tone-err">
          <VerdictMark shape="no" size={14} />
        </span>
        <div>
          <p>{formatText(plan.reason)}</p>
          {plan.alternative && <p className="t2">{formatText(plan.alternative)}</p>}
        </div>
      </div>
    );
  return (
    <>
      <ol className="plan-steps">
        {plan.steps.map((step, index) => (
          <StepRow key={`${step.kind}-${index}`} step={step} />
        ))}
      </ol>
      <Limits limits={plan.limits} />
    </>
  );
};

/** What does not work, a sentence each. */
export const Limits = ({ limits }: { readonly limits: readonly Text[] }) =>
  limits.length > 0 ? (
    <ul className="switch-lines">
      {limits.map((limit, index) => (
        <li key={`${limit.key}-${index}`}>
          <span className="tone-warn">
            <VerdictMark shape="limited" size={14} />
          </span>
          <span>{formatText(limit)}</span>
        </li>
      ))}
    </ul>
  ) : null;
