// A new name, judged while it is typed.
import { useState } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import { useActions } from '../actions/actions.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { NameField } from '../components/NameField.tsx';
import { useNameProblem } from '../hooks/use-name-problem.ts';
import { useVm } from '../state/app-store.ts';
import { closeDialog } from '../state/ui-store.ts';

export const RenameDialog = ({ id }: { readonly id: VmId }) => {
  const vm = useVm(id);
  const actions = useActions();
  const [name, setName] = useState(vm?.definition.name ?? '');
  const problem = useNameProblem(name, id);
  if (!vm) return null;
  const save = (): void => {
    if (problem) return;
    closeDialog();
    void actions.attempt(actions.client.vm.edit({ id, name: name.trim() }), id);
  };
  return (
    <Dialog
      title={format('rename.title', { name: vm.definition.name })}
      onClose={closeDialog}
      footer={
        <>
          <Button className="end" onClick={closeDialog}>
            {format('common.cancel')}
          </Button>
          <Button look="primary" disabled={problem !== undefined} onClick={save}>
            {format('rename.do')}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <NameField value={name} problem={problem} onChange={setName} hasFocus />
      </form>
    </Dialog>
  );
};
