// The first disk of a new machine: a new image, an existing one where it is, or none.
import { format } from '../../../../shared/i18n/format.ts';
import { Button } from '../../components/Button.tsx';
import { Field, NumberField } from '../../components/Form.tsx';
import { Segments } from '../../components/Segments.tsx';
import type { DiskChoice, NewVmDraft } from './draft.ts';

const choices: readonly DiskChoice[] = ['create', 'use', 'none'];

export const DiskSection = ({
  draft,
  onChange,
  onChoose,
  problem,
  warning,
  free,
}: {
  readonly draft: NewVmDraft;
  readonly onChange: (part: Partial<NewVmDraft>) => void;
  readonly onChoose: () => void;
  readonly problem: string | undefined;
  readonly warning: string | undefined;
  readonly free: string | undefined;
}) => (
  <fieldset className="col" style={{ gap: 'var(--s-3)' }}>
    <div className="row wrap">
      <span className="sec grow">{format('new.disk')}</span>
      <Segments
        label={format('new.disk')}
        value={draft.diskChoice}
        options={choices.map((value) => ({ value, label: format(`new.disk.${value}`) }))}
        onChange={(diskChoice) => onChange({ diskChoice })}
      />
    </div>
    {draft.diskChoice === 'create' && (
      <div style={{ maxWidth: '16rem' }}>
        <NumberField
          label={format('new.diskSize')}
          unit="GiB"
          value={draft.diskGiB}
          min={1}
          onChange={(diskGiB) => onChange({ diskGiB })}
          problem={problem}
          warning={warning}
          help={
            free === undefined ? format('new.diskGrows') : format('new.diskGrowsFree', { free })
          }
        />
      </div>
    )}
    {draft.diskChoice === 'use' && (
      <Field label={format('new.diskFile')} problem={problem} help={format('new.diskUseHelp')}>
        {({ id, describedBy }) => (
          <div className="row">
            <input
              id={id}
              className="input mono"
              readOnly
              value={draft.existing?.path ?? ''}
              placeholder={format('new.diskNoFile')}
              aria-describedby={describedBy}
            />
            <Button onClick={onChoose}>{format('new.choose')}</Button>
          </div>
        )}
      </Field>
    )}
    {draft.diskChoice === 'none' && <p className="help">{format('new.disk.noneHelp')}</p>}
  </fieldset>
);
