// Field for a machine's name with the sentence of its problem.
import { format } from '../../../shared/i18n/format.ts';
import { maxVmNameLength, type NameProblem } from '../../../shared/model/vm.ts';
import { TextField } from './Form.tsx';

export const nameProblemText = (problem: NameProblem): string =>
  format(`name.${problem}`, { max: maxVmNameLength });

export const NameField = ({
  value,
  problem,
  onChange,
  hasFocus = false,
}: {
  readonly value: string;
  readonly problem: NameProblem | undefined;
  readonly onChange: (name: string) => void;
  readonly hasFocus?: boolean;
}) => (
  <TextField
    label={format('name.label')}
    value={value}
    onChange={onChange}
    problem={problem && nameProblemText(problem)}
    autoFocus={hasFocus}
    onFocus={(event) => event.target.select()}
  />
);
