// Form parts: labelled field, text and number input, select, switch, check box, segments, slider.
import { Check, ChevronDown } from 'lucide-react';
import {
  Checkbox,
  Select as RadixSelect,
  Slider as RadixSlider,
  Switch as RadixSwitch,
} from 'radix-ui';
import { useId } from 'react';
import type { InputHTMLAttributes, ReactNode } from 'react';

interface FieldProps {
  readonly label: string;
  /** Shown on the right of the label. */
  readonly aside?: ReactNode;
  /** Says what is right; replaces the help. */
  readonly problem?: string | undefined;
  readonly warning?: string | undefined;
  readonly help?: string | undefined;
  readonly children: (ids: {
    readonly id: string;
    readonly describedBy: string | undefined;
  }) => ReactNode;
}

export const Field = ({ label, aside, problem, warning, help, children }: FieldProps) => {
  const id = useId();
  const says = problem ?? warning ?? help;
  return (
    <div className="field">
      <div className="lbl">
        <label htmlFor={id} id={`${id}-label`}>
          {label}
        </label>
        {aside !== undefined && <span className="num">{aside}</span>}
      </div>
      {children({ id, describedBy: says === undefined ? undefined : `${id}-says` })}
      {says !== undefined && (
        <div
          id={`${id}-says`}
          className={
            problem !== undefined ? 'help bad' : warning !== undefined ? 'help warn' : 'help'
          }
          role={problem !== undefined ? 'alert' : undefined}
        >
          {says}
        </div>
      )}
    </div>
  );
};

type TextFieldProps = Omit<FieldProps, 'children'> &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> & {
    readonly value: string;
    readonly onChange: (value: string) => void;
  };

export const TextField = ({
  label,
  aside,
  problem,
  warning,
  help,
  value,
  onChange,
  ...rest
}: TextFieldProps) => (
  <Field label={label} aside={aside} problem={problem} warning={warning} help={help}>
    {({ id, describedBy }) => (
      <input
        id={id}
        className="input"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={problem !== undefined}
        aria-describedby={describedBy}
        spellCheck={false}
        autoComplete="off"
        {...rest}
      />
    )}
  </Field>
);

type NumberFieldProps = Omit<FieldProps, 'children'> & {
  /** NaN = nothing readable was typed. */
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly unit?: string;
  readonly disabled?: boolean;
};

export const NumberField = ({
  value,
  onChange,
  unit,
  min,
  max,
  step,
  disabled,
  ...field
}: NumberFieldProps) => (
  <Field {...field}>
    {({ id, describedBy }) => (
      <div className="unit-field">
        <input
          id={id}
          type="number"
          className="input num"
          value={Number.isNaN(value) ? '' : value}
          onChange={(event) => onChange(event.target.valueAsNumber)}
          aria-invalid={field.problem !== undefined}
          aria-describedby={describedBy}
          min={min}
          max={max}
          step={step ?? 1}
          disabled={disabled}
        />
        {unit !== undefined && <span aria-hidden="true">{unit}</span>}
      </div>
    )}
  </Field>
);

export interface Option<V extends string> {
  readonly value: V;
  readonly label: string;
}

type SelectFieldProps<V extends string> = Omit<FieldProps, 'children'> & {
  readonly value: V;
  readonly options: readonly Option<V>[];
  readonly onChange: (value: V) => void;
  readonly disabled?: boolean;
};

export const SelectField = <V extends string>({
  value,
  options,
  onChange,
  disabled = false,
  ...field
}: SelectFieldProps<V>) => (
  <Field {...field}>
    {({ id, describedBy }) => (
      <RadixSelect.Root
        value={value}
        onValueChange={(next) => onChange(next as V)}
        disabled={disabled}
      >
        <RadixSelect.Trigger
          id={id}
          className="select"
          aria-labelledby={`${id}-label`}
          aria-describedby={describedBy}
        >
          <RadixSelect.Value />
          <RadixSelect.Icon asChild>
            <ChevronDown size={16} />
          </RadixSelect.Icon>
        </RadixSelect.Trigger>
        <RadixSelect.Portal>
          <RadixSelect.Content className="pop select-pop" position="popper" sideOffset={4}>
            <RadixSelect.Viewport className="menu">
              {options.map((option) => (
                <RadixSelect.Item key={option.value} value={option.value} className="mi">
                  <RadixSelect.ItemText>{option.label}</RadixSelect.ItemText>
                  <RadixSelect.ItemIndicator className="k">
                    <Check size={14} />
                  </RadixSelect.ItemIndicator>
                </RadixSelect.Item>
              ))}
            </RadixSelect.Viewport>
          </RadixSelect.Content>
        </RadixSelect.Portal>
      </RadixSelect.Root>
    )}
  </Field>
);

export const SwitchRow = ({
  label,
  help,
  isOn,
  onChange,
  disabled = false,
}: {
  readonly label: ReactNode;
  readonly help?: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly disabled?: boolean;
}) => {
  const id = useId();
  return (
    <div className="switch-row">
      <div className="grow">
        <label htmlFor={id}>{label}</label>
        {help !== undefined && <div className="help">{help}</div>}
      </div>
      <RadixSwitch.Root
        id={id}
        className="sw"
        checked={isOn}
        onCheckedChange={onChange}
        disabled={disabled}
      >
        <RadixSwitch.Thumb />
      </RadixSwitch.Root>
    </div>
  );
};

export const CheckRow = ({
  label,
  isOn,
  onChange,
}: {
  readonly label: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) => {
  const id = useId();
  return (
    <div className="row">
      <Checkbox.Root
        id={id}
        className="ck"
        checked={isOn}
        onCheckedChange={(value) => onChange(value === true)}
      >
        <Checkbox.Indicator>
          <Check size={12} strokeWidth={3} />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <label htmlFor={id}>{label}</label>
    </div>
  );
};

/** Slider beside its exact value; the number field next to it takes any value. */
export const Slider = ({
  label,
  value,
  min,
  max,
  step,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}) => (
  <RadixSlider.Root
    className="slider"
    value={[Number.isNaN(value) ? min : Math.min(Math.max(value, min), max)]}
    min={min}
    max={max}
    step={step}
    onValueChange={([next]) => next !== undefined && onChange(next)}
  >
    <RadixSlider.Track className="slider-track">
      <RadixSlider.Range className="slider-range" />
    </RadixSlider.Track>
    <RadixSlider.Thumb className="slider-thumb" aria-label={label} />
  </RadixSlider.Root>
);
