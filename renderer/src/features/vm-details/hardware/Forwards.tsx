// Port forwards of one adapter as a table, with a row to add one; judged while typed.
import { Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { PortForward } from '../../../../../shared/model/network.ts';
import { Button, CopyIcon, IconButton } from '../../../components/Button.tsx';
import { ForwardButtons, ForwardFields } from '../../../components/ForwardFields.tsx';
import { ForwardNow } from '../../../components/ForwardState.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import { useJudged } from '../../../hooks/use-forward-draft.ts';
import { useHolders } from '../../../hooks/use-port-holder.ts';
import { forwardAddress } from '../../../model/address.ts';
import { forwardState, portInstead, type ForwardState } from '../../../model/forward-state.ts';
import {
  allForwards,
  nextForward,
  showListener,
  toForward,
  type ForwardDraft,
} from '../../../model/forwards.ts';
import { useAppStore, useVmTable } from '../../../state/app-store.ts';
import { freeId } from './draft.ts';

interface Found {
  readonly state: ForwardState;
  readonly instead: number | undefined;
}
/** What is true about each stored forward now; one of the draft has nothing to tell yet. */
const useStates = (owner: string, forwards: readonly PortForward[]): ReadonlyMap<string, Found> => {
  const vms = useVmTable();
  const networks = useAppStore((s) => s.state.networks);
  const rows = useMemo(() => allForwards(vms, networks), [vms, networks]);
  const own = rows.filter(({ key, id, hostPort }) =>
    forwards.some((row) => key === `${owner}/${id}` && row.id === id && row.hostPort === hostPort),
  );
  const holders = useHolders(own);
  return new Map(
    own.map((row) => {
      const state = forwardState(row, rows, holders[row.key]);
      return [row.id, { state, instead: portInstead(row, rows, state) }];
    }),
  );
};

const OneState = ({
  forward,
  found,
  onPort,
}: {
  readonly forward: PortForward;
  readonly found: Found | undefined;
  readonly onPort: (hostPort: number) => void;
}) => {
  if (!found) return null;
  const { state, instead } = found;
  return <ForwardNow row={forward} state={state} instead={instead} onPort={onPort} />;
};

export const Forwards = ({
  forwards,
  others,
  isLive,
  owner,
  onAdd,
  onRemove,
  onPort,
}: {
  readonly forwards: readonly PortForward[];
  readonly others: readonly PortForward[];
  readonly isLive: boolean;
  /** `<vm>/<nic>`: finds what is true about a forward now. */
  readonly owner: string;
  readonly onAdd: (forward: PortForward) => Promise<boolean>;
  readonly onRemove: (forward: PortForward) => void;
  /** Another port of this computer for a forward. */
  readonly onPort: (forward: PortForward, hostPort: number) => void;
}) => {
  const [draft, setDraft] = useState<ForwardDraft>();
  const states = useStates(owner, forwards);
  const judged = useJudged(draft, others);
  const add = async (): Promise<void> => {
    if (!draft || !judged.canAdd) return;
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
        <div className="table-scroll">
          <table className="table">
            <TableHead
              titles={[
                format('hw.forward.host'),
                format('hw.forward.guest'),
                format('hw.forward.address'),
                format('topology.state'),
              ]}
            />
            <tbody>
              {forwards.map((forward) => (
                <tr key={forward.id}>
                  <td className="mono">{showListener(forward)}</td>
                  <td className="num">{`${forward.guestPort}/${forward.protocol}`}</td>
                  <td className="hw-forward-address">
                    <code className="mono">{forwardAddress(forward)}</code>
                    <CopyIcon text={forwardAddress(forward)} what={forwardAddress(forward)} />
                  </td>
                  <td>
                    <OneState
                      forward={forward}
                      found={states.get(forward.id)}
                      onPort={(hostPort) => onPort(forward, hostPort)}
                    />
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
        </div>
      )}
      {forwards.length === 0 && !draft && <p className="t3">{format('hw.forward.none')}</p>}
      {draft && (
        <div
          className="hw-forward-new"
          role="group"
          aria-label={format('hw.forward.add')}
          onKeyDown={(event) => {
            // The form around it is the whole machine's.
            if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
            event.preventDefault();
            void add();
          }}
        >
          <ForwardFields draft={draft} judged={judged} onChange={setDraft} />
          <ForwardButtons
            judged={judged}
            onPort={(hostPort) => setDraft({ ...draft, hostPort })}
            onAdd={() => void add()}
            onCancel={() => setDraft(undefined)}
          />
        </div>
      )}
    </div>
  );
};
