// A change of this computer's network that goes back by itself: keep it, or go back now. Enter does nothing.
import { Check, Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { Connectivity, HostChange } from '../../../../shared/model/network-plan.ts';
import { useActions } from '../../actions/actions.ts';
import { useClient } from '../../bridge/context.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { VerdictMark, type VerdictShape } from '../../components/marks.tsx';
import type { Tone } from '../../components/Parts.tsx';
import { useNow } from '../../hooks/use-now.ts';
import { whileVisible } from '../../hooks/while-visible.ts';
import { useAppStore } from '../../state/app-store.ts';

/** Of the ring that empties; changes wait a minute. */
const fullMs = 60_000;
const lookEveryMs = 3000;
const circle = 2 * Math.PI * 26;

const looks: Readonly<
  Record<
    Connectivity['checks'][number]['result'],
    { readonly shape: VerdictShape; readonly tone: Tone }
  >
> = {
  yes: { shape: 'yes', tone: 'run' },
  no: { shape: 'no', tone: 'err' },
  unknown: { shape: 'unknown', tone: 'off' },
};

/** Shown by itself whenever a change waits to be kept, wherever the person is in the window. */
export const KeepDialog = () => {
  const change = useAppStore((s) =>
    Object.values(s.state.hostChanges).find(({ standing }) => standing === 'awaiting'),
  );
  return change ? <Keep key={change.id} change={change} /> : null;
};

const Keep = ({ change }: { readonly change: HostChange }) => {
  const actions = useActions();
  const now = useNow(250);
  const leftMs = Math.max(0, (change.until ?? now) - now);
  const seconds = Math.ceil(leftMs / 1000);
  const [isBusy, setBusy] = useState(false);
  const answer = async (work: Promise<unknown>): Promise<void> => {
    setBusy(true);
    await actions.attempt(work);
    setBusy(false);
  };
  const { client } = actions;
  return (
    <Dialog
      isWide
      isAlert
      isCountdown
      title={format('keep.title')}
      onClose={() => undefined}
      lead={<Ring seconds={seconds} part={Math.min(1, leftMs / fullMs)} />}
      footer={
        <>
          <Button
            icon={<Undo2 size={16} />}
            disabled={isBusy}
            onClick={() => void answer(client.network.rollBack({ change: change.id }))}
          >
            {format('keep.back')}
          </Button>
          <span className="end xs t3">{format('keep.enter')}</span>
          <Button
            look="primary"
            icon={<Check size={16} />}
            disabled={isBusy || seconds === 0}
            onClick={() => void answer(client.network.keep({ change: change.id }))}
          >
            {format('keep.keep')}
          </Button>
        </>
      }
    >
      <p className="dlg-say">
        {seconds > 0 ? format('keep.say', { seconds }) : format('keep.goingBack')}
      </p>
      <div className="card keep-state">
        <b>{formatText(change.what)}</b>
        <span className="t2">{formatText(change.why)}</span>
      </div>
      <Checks change={change.id} />
    </Dialog>
  );
};

const Ring = ({ seconds, part }: { readonly seconds: number; readonly part: number }) => (
  <svg className="keep-ring" width="64" height="64" viewBox="0 0 64 64" aria-hidden="true">
    <circle cx="32" cy="32" r="26" className="keep-ring-whole" />
    <circle
      cx="32"
      cy="32"
      r="26"
      className="keep-ring-left"
      strokeDasharray={circle}
      strokeDashoffset={circle * (1 - part)}
      transform="rotate(-90 32 32)"
    />
    <text x="32" y="32" textAnchor="middle" dominantBaseline="central">
      {seconds}
    </text>
  </svg>
);

/** Whether the network still does what a person needs it for; looked at again and again. */
const Checks = ({ change }: { readonly change: string }) => {
  const client = useClient();
  const [found, setFound] = useState<Connectivity>();
  useEffect(
    () =>
      whileVisible(lookEveryMs, async (isStale) => {
        const answer = await client.network.connectivity({ change });
        if (!isStale()) setFound(answer);
      }),
    [client, change],
  );
  return (
    <ul className="keep-checks" aria-label={format('keep.checks')} aria-live="polite">
      {!found && <li className="t3">{format('keep.looking')}</li>}
      {found?.checks.map(({ id, result }) => (
        <li key={id} className={`st tone-${looks[result].tone}`}>
          <VerdictMark shape={looks[result].shape} size={14} />
          {format(`keep.check.${id}.${result}`)}
        </li>
      ))}
    </ul>
  );
};
