// A row of mutually exclusive choices.
import { RadioGroup } from 'radix-ui';
import type { Option } from './Form.tsx';

export const Segments = <V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: V;
  readonly options: readonly Option<V>[];
  readonly onChange: (value: V) => void;
}) => (
  <RadioGroup.Root
    className="seg"
    aria-label={label}
    value={value}
    onValueChange={(next) => onChange(next as V)}
    orientation="horizontal"
  >
    {options.map((option) => (
      <RadioGroup.Item key={option.value} value={option.value}>
        {option.label}
      </RadioGroup.Item>
    ))}
  </RadioGroup.Root>
);
