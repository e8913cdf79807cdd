// Deleting a machine: says what goes and what stays; disks of its own are a choice.
import { Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import { useActions } from '../actions/actions.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { CheckRow } from '../components/Form.tsx';
import { useVm } from '../state/app-store.ts';
import { closeDialog } from '../state/ui-store.ts';

/** What both questions share: cancel, and one dangerous button with its word. */
const RemovalDialog = (props: {
  readonly title: string;
  readonly doIt: string;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}) => (
  <Dialog
    isAlert
    title={props.title}
    onClose={closeDialog}
    footer={
      <>
        <Button className="end" onClick={closeDialog}>
          {format('common.cancel')}
        </Button>
        <Button
          look="danger"
          icon={<Trash2 size={16} />}
          onClick={() => {
            closeDialog();
            props.onRemove();
          }}
        >
          {props.doIt}
        </Button>
      </>
    }
  >
    {props.children}
  </Dialog>
);

export const DeleteDialog = ({ id }: { readonly id: VmId }) => {
  const vm = useVm(id);
  const actions = useActions();
  const [withDisks, setWithDisks] = useState(false);
  if (!vm) return null;
  const { name, config } = vm.definition;
  if (vm.power === 'damaged') return <ForgetDialog id={id} name={name} />;
  const owned = config.disks.filter((disk) => disk.isOwned);
  const removesDisks = withDisks && owned.length > 0;
  const others = config.disks.filter((disk) => !disk.isOwned);
  return (
    <RemovalDialog
      title={format('delete.title', { name })}
      doIt={format(removesDisks ? 'delete.withDisks' : 'delete.keepDisks')}
      onRemove={() => actions.remove(id, removesDisks)}
    >
      <p className="dlg-say">{format(vm.power === 'saved' ? 'delete.bodySaved' : 'delete.body')}</p>
      {owned.length > 0 && (
        <div className="col" style={{ gap: 'var(--s-2)' }}>
          <CheckRow
            label={format('delete.check', { count: owned.length })}
            isOn={withDisks}
            onChange={setWithDisks}
          />
          <ul className="code">
            {owned.map((disk) => (
              <li key={disk.id}>{disk.path}</li>
            ))}
          </ul>
          <p className="help">
            {format(withDisks ? 'delete.gone' : 'delete.stay', { count: owned.length })}
          </p>
        </div>
      )}
      {others.length > 0 && (
        <div>
          <p className="help">{format('delete.others')}</p>
          <ul className="code">
            {others.map((disk) => (
              <li key={disk.id}>{disk.path}</li>
            ))}
          </ul>
        </div>
      )}
    </RemovalDialog>
  );
};

/** A machine that cannot be read: nothing is known of its disks, so nothing but its entry goes. */
const ForgetDialog = ({ id, name }: { readonly id: VmId; readonly name: string }) => {
  const actions = useActions();
  return (
    <RemovalDialog
      title={format('delete.forgetTitle', { name })}
      doIt={format('delete.forget')}
      onRemove={() => actions.remove(id, false)}
    >
      <p className="dlg-say">{format('delete.forgetBody')}</p>
    </RemovalDialog>
  );
};
