// Port forwards of one adapter as a table, with a row to add one; judged while typed.
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { PortForward } from '../../../../../shared/model/network.ts';
import { Button, CopyIcon, IconButton } from '../../../components/Button.tsx';
import { NumberField, SelectField, TextField } from '../../../components/Form.tsx';
import { forwardAddress } from '../../../model/address.ts';
import {
  forwardProblem,
  lowestFreePort,
  nextForward,
  toForward,
  type ForwardDraft,
  type ForwardProblem,
} from '../../../model/forwards.ts';
import { freeId } from './draft.ts';

export const Forwards = ({
  forwards,
  others,
  isLive,
  onAdd,
  onRemove,
}: {
  readonly forwards: readonly PortForward[];
  readonly others: readonly PortForward[];
  readonly isLive: boolean;
  readonly onAdd: (forward: PortForward) => Promise<boolean>;
  readonly onRemove: (forward: PortForward) => void;
}) => {
  const [draft, setDraft] = useState<ForwardDraft>();
  const problem = draft && forwardProblem(draft, others);
  const says = (...fields: readonly ForwardProblem[]): string | undefined =>
    problem && fields.includes(problem)
      ? format(`hw.forward.bad.${problem}`, {
          lowest: lowestFreePort,
          port: draft.hostPort,
        })
      : undefined;
  const add = async (): Promise<void> => {
    if (!draft || problem) return;
    if (await onAdd(toForward(draft, freeId('forward', others)))) setDraft(undefined);
  };
  return (
    <div className="hw-forwards">
      <div className="row">
        <span className="sec">{format('hw.forward.title')}</span>
        {isLive && <span className="chip">{format('hw.atOnce')}</span>}
        {!draft && (
          <Button
            size="small"
            className="end"
            icon={<Plus size={14} />}
            onClick={() => setDraft(nextForward(others))}
          >
            {format('hw.forward.add')}
          </Button>
        )}
      </div>
      {forwards.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th>{format('hw.forward.protocol')}</th>
              <th>{format('hw.forward.host')}</th>
              <th>{format('hw.forward.guest')}</th>
              <th>{format('hw.forward.address')}</th>
              <th>
                <span className="vh">{format('hw.forward.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {forwards.map((forward) => (
              <tr key={forward.id}>
                <td>{forward.protocol.toUpperCase()}</td>
                <td className="num">
                  {forward.hostAddress === ''
                    ? format('hw.forward.every', { port: forward.hostPort })
                    : `${forward.hostAddress}:${forward.hostPort}`}
                </td>
                <td className="num">{forward.guestPort}</td>
                <td>
                  <code className="mono">{forwardAddress(forward)}</code>
                  <CopyIcon text={forwardAddress(forward)} what={forwardAddress(forward)} />
                </td>
                <td>
                  <IconButton
                    label={format('hw.forward.remove', { port: forward.hostPort })}
                    look="flat"
                    size="small"
                    onClick={() => onRemove(forward)}
                  >
                    <Trash2 size={14} />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {forwards.length === 0 && !draft && <p className="t3">{format('hw.forward.none')}</p>}
      {draft && (
        <div className="hw-forward-new">
          <SelectField
            label={format('hw.forward.protocol')}
            value={draft.protocol}
            options={[
              { value: 'tcp', label: 'TCP' },
              { value: 'udp', label: 'UDP' },
            ]}
            onChange={(protocol) => setDraft({ ...draft, protocol })}
          />
          <TextField
            label={format('hw.forward.hostAddress')}
            value={draft.hostAddress}
            onChange={(hostAddress) => setDraft({ ...draft, hostAddress: hostAddress.trim() })}
            problem={says('address')}
            placeholder={format('hw.forward.everyAddress')}
          />
          <NumberField
            label={format('hw.forward.hostPort')}
            value={draft.hostPort}
            min={1}
            max={65535}
            onChange={(hostPort) => setDraft({ ...draft, hostPort })}
            problem={says('hostPort', 'taken', 'privileged')}
          />
          <NumberField
            label={format('hw.forward.guestPort')}
            value={draft.guestPort}
            min={1}
            max={65535}
            onChange={(guestPort) => setDraft({ ...draft, guestPort })}
            problem={says('guestPort')}
          />
          <div className="row">
            <Button disabled={problem !== undefined} onClick={() => void add()}>
              {format('hw.forward.do')}
            </Button>
            <Button look="flat" onClick={() => setDraft(undefined)}>
              {format('common.cancel')}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
};
