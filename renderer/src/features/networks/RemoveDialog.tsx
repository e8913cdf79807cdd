// Removing a network: says what is undone on this computer; not while machines are attached.
import { Trash2 } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import type { NetworkId } from '../../../../shared/model/networks.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { membersOf } from '../../model/network-members.ts';
import { useAppStore, useVmTable } from '../../state/app-store.ts';
import { closeDialog, goTo } from '../../state/ui-store.ts';

export const RemoveNetworkDialog = ({ id }: { readonly id: NetworkId }) => {
  const actions = useActions();
  const row = useAppStore((s) => s.state.networks[id]);
  const vms = useVmTable();
  if (!row) return null;
  const { name, kind } = row.network;
  const users = [...new Set(membersOf(row.network, vms).map(({ vm }) => vm.definition.name))];
  const isUsed = users.length > 0;
  const remove = async (): Promise<void> => {
    closeDialog();
    const started = await actions.attempt(actions.client.network.remove({ id }));
    if (!started) return;
    goTo({ kind: 'networks' });
    actions.watch(started.job, undefined);
  };
  return (
    <Dialog
      isAlert
      title={format(isUsed ? 'networks.usedTitle' : 'networks.removeTitle', { name })}
      onClose={closeDialog}
      footer={
        <>
          <Button className="end" onClick={closeDialog}>
            {format(isUsed ? 'common.close' : 'common.cancel')}
          </Button>
          {!isUsed && (
            <Button look="danger" icon={<Trash2 size={16} />} onClick={() => void remove()}>
              {format('networks.remove')}
            </Button>
          )}
        </>
      }
    >
      <p className="dlg-say">
        {isUsed
          ? format('networks.usedBody', { machines: users.join(', ') })
          : format(
              kind === 'bridged' || kind === 'hostOnly'
                ? 'networks.removeBodyHost'
                : 'networks.removeBody',
            )}
      </p>
    </Dialog>
  );
};
