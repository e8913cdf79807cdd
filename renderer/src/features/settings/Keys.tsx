// Every key of the window on one page.
import { format } from '../../../../shared/i18n/format.ts';
import type { MessageKey } from '../../../../shared/i18n/catalog.en.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Keys } from '../../components/Parts.tsx';
import { useSettings } from '../../state/app-store.ts';
import { closeDialog } from '../../state/ui-store.ts';

/** Add a row here for a new key. */
const rows: readonly (readonly [string, MessageKey])[] = [
  ['Ctrl K', 'keys.palette'],
  ['Ctrl N', 'keys.new'],
  ['Ctrl F', 'keys.find'],
  ['Ctrl 1', 'keys.machines'],
  ['Ctrl 2', 'networks.title'],
  ['Ctrl 3', 'keys.compatibility'],
  ['Ctrl 4', 'keys.host'],
  ['Alt 1…5', 'keys.tabs'],
  ['F6', 'keys.panes'],
  ['Enter', 'keys.enter'],
  ['Space', 'keys.space'],
  ['F2', 'keys.rename'],
  ['Delete', 'keys.delete'],
  ['Ctrl Shift W', 'keys.why'],
  ['Ctrl Shift C', 'keys.address'],
  ['Ctrl ,', 'keys.settings'],
  ['Esc', 'keys.back'],
  ['F1', 'keys.help'],
];

export const KeysDialog = () => {
  const { releaseKey } = useSettings();
  return (
    <Dialog
      isWide
      title={format('keys.title')}
      onClose={closeDialog}
      footer={
        <Button look="primary" className="end" onClick={closeDialog}>
          {format('common.done')}
        </Button>
      }
    >
      <dl className="keys-list">
        {rows.map(([keys, label]) => (
          <div key={keys}>
            <dt>
              <Keys keys={keys} />
            </dt>
            <dd>{format(label)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>{format(`settings.releaseKey.${releaseKey}`)}</kbd>
          </dt>
          <dd>{format('keys.release')}</dd>
        </div>
      </dl>
    </Dialog>
  );
};
