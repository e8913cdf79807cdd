// The engine that can run the machine now costs something: start with the person's word only.
import { Play } from 'lucide-react';
import type { AppError } from '../../../shared/contract/errors.ts';
import { format } from '../../../shared/i18n/format.ts';
import type { EngineId, VmId } from '../../../shared/model/brand.ts';
import { useActions } from '../actions/actions.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { AttentionMark } from '../components/marks.tsx';
import { presentError } from '../errors/present-error.ts';
import { closeDialog, openDialog } from '../state/ui-store.ts';

export const ConsentDialog = ({
  id,
  engine,
  error,
}: {
  readonly id: VmId;
  readonly engine: EngineId | undefined;
  readonly error: AppError;
}) => {
  const actions = useActions();
  const shown = presentError(error, true);
  return (
    <Dialog
      isAlert
      title={shown.title}
      onClose={closeDialog}
      lead={
        <span className="tone-warn">
          <AttentionMark size={28} />
        </span>
      }
      footer={
        <>
          <Button look="flat" onClick={() => openDialog({ kind: 'why', vm: id })}>
            {format('why.button')}
          </Button>
          <Button className="end" onClick={closeDialog}>
            {format('consent.no')}
          </Button>
          <Button
            look="primary"
            icon={<Play size={16} />}
            onClick={() => {
              closeDialog();
              actions.start(id, { hasConsent: true, ...(engine === undefined ? {} : { engine }) });
            }}
          >
            {format('consent.yes')}
          </Button>
        </>
      }
    >
      <p className="dlg-say">{shown.body}</p>
    </Dialog>
  );
};
