// What quitting does with this machine, and notes about it. Not hardware: applies at once when saved.
import type { Dispatch, SetStateAction } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { QuitPolicy } from '../../../../../shared/model/settings.ts';
import type { Vm } from '../../../../../shared/model/vm.ts';
import { Field, SelectField } from '../../../components/Form.tsx';
import type { HardwareDraft } from './draft.ts';
import { Section } from './Section.tsx';

const inherit = 'inherit';
const policies = ['ask', 'keepRunning', 'saveState', 'shutdown'] as const;

export const PolicySection = ({
  vm,
  draft,
  onChange,
}: {
  readonly vm: Vm;
  readonly draft: HardwareDraft;
  readonly onChange: Dispatch<SetStateAction<HardwareDraft>>;
}) => {
  const { definition } = vm;
  const policy = draft.quitPolicy === undefined ? definition.quitPolicy : draft.quitPolicy;
  const setPolicy = (value: QuitPolicy | typeof inherit): void =>
    onChange((now) => {
      const { quitPolicy: _former, ...rest } = now;
      const next = value === inherit ? null : value;
      return next === (definition.quitPolicy ?? null) ? rest : { ...rest, quitPolicy: next };
    });
  const setNotes = (value: string): void =>
    onChange((now) => {
      const { notes: _former, ...rest } = now;
      return value === (definition.notes ?? '') ? rest : { ...rest, notes: value };
    });
  return (
    <Section title={format('hw.policy')}>
      <div style={{ maxWidth: '20rem' }}>
        <SelectField<QuitPolicy | typeof inherit>
          label={format('hw.quitPolicy')}
          value={policy ?? inherit}
          options={[
            { value: inherit, label: format('policy.inherit') },
            ...policies.map((value) => ({ value, label: format(`policy.${value}`) })),
          ]}
          onChange={setPolicy}
        />
      </div>
      <Field label={format('hw.notes')}>
        {({ id }) => (
          <textarea
            id={id}
            className="input"
            rows={3}
            maxLength={10_000}
            value={draft.notes ?? definition.notes ?? ''}
            onChange={(event) => setNotes(event.target.value)}
          />
        )}
      </Field>
    </Section>
  );
};
