// Back to automatic: Polyvisor decides again at each start; what was written into the machine may go too.
import { useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { CheckRow } from '../../components/Form.tsx';
import { useDriver, useVm } from '../../state/app-store.ts';
import { closeDialog, showToast } from '../../state/ui-store.ts';

export const AutomaticDialog = ({ id }: { readonly id: VmId }) => {
  const vm = useVm(id);
  const driver = useDriver(vm?.definition.driver);
  const actions = useActions();
  const [isLasting, setLasting] = useState(false);
  if (!vm) return null;
  const { name } = vm.definition;
  const apply = async (): Promise<void> => {
    const done = await actions.attempt(
      actions.client.vm
        .switchEngine({ id, engine: null, isLasting, discardSaved: false })
        .then(() => 'done' as const),
      id,
    );
    if (done === undefined) return;
    closeDialog();
    showToast(format('engines.automaticDone', { name }));
  };
  return (
    <Dialog
      title={format('engines.automaticTitle', { name })}
      onClose={closeDialog}
      footer={
        <>
          <Button className="end" onClick={closeDialog}>
            {format('common.cancel')}
          </Button>
          <Button look="primary" onClick={() => void apply()}>
            {format('engines.automatic')}
          </Button>
        </>
      }
    >
      <p className="dlg-say">{format('engines.automaticBody')}</p>
      {driver?.capabilities?.canWriteEngine === true && (
        <CheckRow
          label={format('engines.automaticLasting', { driver: driver.title })}
          isOn={isLasting}
          onChange={setLasting}
        />
      )}
    </Dialog>
  );
};
