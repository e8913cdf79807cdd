// Every change Polyvisor made to this computer's network: what, when, why, and the way back.
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { JobId } from '../../../../shared/model/brand.ts';
import type { HostChange } from '../../../../shared/model/network-plan.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { VerdictMark, type VerdictShape } from '../../components/marks.tsx';
import type { Tone } from '../../components/Parts.tsx';
import { showTime } from '../../components/units.ts';
import { useAppStore } from '../../state/app-store.ts';

const looks: Readonly<
  Record<HostChange['standing'], { readonly shape: VerdictShape; readonly tone: Tone }>
> = {
  begun: { shape: 'look', tone: 'warn' },
  awaiting: { shape: 'busy', tone: 'info' },
  applied: { shape: 'yes', tone: 'run' },
  undone: { shape: 'info', tone: 'off' },
};

export const Journal = () => {
  const actions = useActions();
  const table = useAppStore((s) => s.state.hostChanges);
  const [isAsking, setAsking] = useState(false);
  // Newest first, also of those that were made together.
  const rows = Object.values(table)
    .reverse()
    .sort((a, b) => b.at - a.at);
  const standing = rows.filter((row) => row.standing !== 'undone');
  if (rows.length === 0) return null;
  const run = async (work: Promise<{ readonly job: JobId }>): Promise<void> => {
    const started = await actions.attempt(work);
    if (started) actions.watch(started.job, undefined);
  };
  return (
    <section aria-label={format('journal.title')}>
      <h2 className="gh row">
        <span className="grow">{format('journal.title')}</span>
        {standing.length > 0 && (
          <Button size="small" icon={<Undo2 size={14} />} onClick={() => setAsking(true)}>
            {format('journal.undoAll')}
          </Button>
        )}
      </h2>
      <ul>
        {rows.map((row) => (
          <Line
            key={row.id}
            row={row}
            onUndo={() => void run(actions.client.network.undo({ change: row.id }))}
          />
        ))}
      </ul>
      {isAsking && (
        <Dialog
          isAlert
          title={format('journal.undoAllTitle')}
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button className="end" onClick={() => setAsking(false)}>
                {format('common.cancel')}
              </Button>
              <Button
                look="danger"
                icon={<Undo2 size={16} />}
                onClick={() => {
                  setAsking(false);
                  void run(actions.client.network.undoAll({}));
                }}
              >
                {format('journal.undoAll')}
              </Button>
            </>
          }
        >
          <p className="dlg-say">{format('journal.undoAllBody')}</p>
        </Dialog>
      )}
    </section>
  );
};

const Line = ({ row, onUndo }: { readonly row: HostChange; readonly onUndo: () => void }) => {
  const { shape, tone } = looks[row.standing];
  const isDone = row.standing === 'undone';
  return (
    <li className="journal-line">
      <span className={`st tone-${tone}`}>
        <VerdictMark shape={shape} size={14} />
        {format(`journal.${row.standing}`)}
      </span>
      <div className="grow">
        <p>{formatText(row.what)}</p>
        <p className="xs t2">
          {formatText(row.why)} <span className="t3 num">{showTime(row.at)}</span>
        </p>
      </div>
      {!isDone && row.undo && (
        <Button size="small" onClick={onUndo}>
          {format('journal.undo')}
        </Button>
      )}
      {!isDone && !row.undo && <span className="xs t3">{format('journal.noUndo')}</span>}
    </li>
  );
};
