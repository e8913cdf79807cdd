// The fields of a port forward that is being made; what is wrong or taken is said at its field while it is typed.
import { format } from '../../../shared/i18n/format.ts';
import { lowestFreePort, type ForwardDraft, type ForwardProblem } from '../model/forwards.ts';
import { NumberField, SelectField, TextField } from './Form.tsx';

export const ForwardFields = ({
  draft,
  problem,
  takenBy,
  onChange,
}: {
  readonly draft: ForwardDraft;
  readonly problem: ForwardProblem | undefined;
  /** Who has the port of this computer now. */
  readonly takenBy: string | undefined;
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
