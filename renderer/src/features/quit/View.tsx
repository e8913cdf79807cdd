// Quitting with machines running: keep them, save them or shut them down; remembered on request.
import { useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { CheckRow } from '../../components/Form.tsx';
import { useVmTable } from '../../state/app-store.ts';
import { closeDialog } from '../../state/ui-store.ts';

type Answer = 'keepRunning' | 'saveState' | 'shutdown' | 'cancel';
const answers: readonly Exclude<Answer, 'cancel'>[] = ['keepRunning', 'saveState', 'shutdown'];

export const QuitDialog = ({ running }: { readonly running: readonly VmId[] }) => {
  const actions = useActions();
  const vms = useVmTable();
  const [isRemembered, setRemembered] = useState(false);
  const answer = (value: Answer): void => {
    closeDialog();
    void actions.attempt(
      actions.client.app.answerQuit({
        answer: value,
        remember: value !== 'cancel' && isRemembered,
      }),
    );
  };
  const names = running.map((id) => vms[id]?.definition.name).filter((n) => n !== undefined);
  return (
    <Dialog
      isAlert
      title={format('quit.title', { count: running.length })}
      onClose={() => answer('cancel')}
      footer={
        <>
          <CheckRow label={format('quit.remember')} isOn={isRemembered} onChange={setRemembered} />
          <Button className="end" onClick={() => answer('cancel')}>
            {format('quit.cancel')}
          </Button>
        </>
      }
    >
      <p className="dlg-say">{names.join(', ')}</p>
      <div className="col" style={{ gap: 'var(--s-2)' }}>
        {answers.map((value, index) => (
          <button
            key={value}
            type="button"
            className={index === 0 ? 'choice best' : 'choice'}
            onClick={() => answer(value)}
          >
            <span>
              <b>{format(`quit.${value}`)}</b>
              <span className="xs t2">{format(`quit.${value}Help`)}</span>
            </span>
          </button>
        ))}
      </div>
    </Dialog>
  );
};
