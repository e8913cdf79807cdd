// An encrypted machine asks for its password. It goes to the hypervisor and is kept nowhere: not in the window's
// state, not in a log; the field is emptied when the dialog closes.
import { LockKeyhole } from 'lucide-react';
import { useRef, useState } from 'react';
import { isFailure } from '../../../shared/contract/errors.ts';
import { format } from '../../../shared/i18n/format.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import { useActions } from '../actions/actions.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { Field } from '../components/Form.tsx';
import { presentError } from '../errors/present-error.ts';
import { useVm } from '../state/app-store.ts';
import { closeDialog, type StartOptions } from '../state/ui-store.ts';

const formId = 'unlock-form';

export const UnlockDialog = ({
  id,
  start,
}: {
  readonly id: VmId;
  readonly start: StartOptions;
}) => {
  const vm = useVm(id);
  const actions = useActions();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  if (!vm) return null;
  const { name } = vm.definition;

  const unlock = async (): Promise<void> => {
    const field = input.current;
    if (!field || isAsking) return;
    if (field.value === '') {
      setProblem(format('unlock.empty'));
      return;
    }
    setAsking(true);
    try {
      await actions.client.vm.unlock({ id, password: field.value });
      field.value = '';
      closeDialog();
      actions.start(id, start);
    } catch (error) {
      setAsking(false);
      if (isFailure(error, 'vm/password-wrong')) {
        const { title, body } = presentError(error.error, true);
        setProblem(`${title}. ${body}`);
        field.select();
      } else if (isFailure(error)) {
        field.value = '';
        actions.showFailure(error.error, undefined);
      }
    }
  };

  return (
    <Dialog
      title={format('unlock.title', { name })}
      onClose={closeDialog}
      lead={<LockKeyhole size={20} />}
      footer={
        <>
          <Button className="end" onClick={closeDialog}>
            {format('common.cancel')}
          </Button>
          <Button type="submit" form={formId} look="primary" disabled={isAsking}>
            {format('unlock.do')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="col"
        style={{ gap: 'var(--s-4)' }}
        onSubmit={(event) => {
          event.preventDefault();
          void unlock();
        }}
      >
        <p className="dlg-say">{format('unlock.body')}</p>
        <Field label={format('unlock.password')} problem={problem}>
          {({ id: fieldId, describedBy }) => (
            <input
              ref={input}
              id={fieldId}
              className="input"
              type="password"
              autoComplete="off"
              autoFocus
              maxLength={1024}
              aria-invalid={problem !== undefined}
              aria-describedby={describedBy}
              onChange={() => setProblem(undefined)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
};
