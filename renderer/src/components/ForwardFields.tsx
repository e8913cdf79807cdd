// The fields and buttons of a port forward that is being made; what is wrong or taken is said at its field while typed.
import { format } from '../../../shared/i18n/format.ts';
import type { JudgedForward } from '../hooks/use-forward-draft.ts';
import { lowestFreePort, type ForwardDraft, type ForwardProblem } from '../model/forwards.ts';
import { Button } from './Button.tsx';
import { NumberField, SelectField, TextField } from './Form.tsx';

export const ForwardFields = ({
  draft,
  judged: { problem, takenBy },
  onChange,
}: {
  readonly draft: ForwardDraft;
  readonly judged: JudgedForward;
  readonly onChange: (draft: ForwardDraft) => void;
}) => {
  const says = (...fields: readonly ForwardProblem[]): string | undefined =>
    problem && fields.includes(problem)
      ? format(`hw.forward.bad.${problem}`, { lowest: lowestFreePort, port: draft.hostPort })
      : undefined;
  return (
    <>
      <SelectField
        label={format('hw.forward.protocol')}
        value={draft.protocol}
        options={[
          { value: 'tcp', label: 'TCP' },
          { value: 'udp', label: 'UDP' },
        ]}
        onChange={(protocol) => onChange({ ...draft, protocol })}
      />
      <TextField
        label={format('hw.forward.hostAddress')}
        value={draft.hostAddress}
        onChange={(hostAddress) => onChange({ ...draft, hostAddress: hostAddress.trim() })}
        problem={says('address')}
        placeholder={format('hw.forward.everyAddress')}
      />
      <NumberField
        label={format('hw.forward.hostPort')}
        value={draft.hostPort}
        min={1}
        max={65535}
        onChange={(hostPort) => onChange({ ...draft, hostPort })}
        problem={
          says('hostPort', 'taken', 'privileged') ??
          (takenBy === undefined ? undefined : format('forward.takenPort', { by: takenBy }))
        }
      />
      <NumberField
        label={format('hw.forward.guestPort')}
        value={draft.guestPort}
        min={1}
        max={65535}
        onChange={(guestPort) => onChange({ ...draft, guestPort })}
        problem={says('guestPort')}
      />
    </>
  );
};

/** Another port, add, cancel. Without `onAdd` the button submits the form it is in. */
export const ForwardButtons = ({
  judged: { instead, canAdd },
  onPort,
  onAdd,
  onCancel,
}: {
  readonly judged: JudgedForward;
  readonly onPort: (hostPort: number) => void;
  readonly onAdd?: () => void;
  readonly onCancel: () => void;
}) => (
  <div className="row forward-buttons">
    {instead !== undefined && (
      <Button onClick={() => onPort(instead)}>
        {format('networks.usePort', { port: instead })}
      </Button>
    )}
    <Button
      type={onAdd ? 'button' : 'submit'}
      look={onAdd ? 'default' : 'primary'}
      disabled={!canAdd}
      onClick={onAdd}
    >
      {format('hw.forward.do')}
    </Button>
    <Button look="flat" onClick={onCancel}>
      {format('common.cancel')}
    </Button>
  </div>
);
