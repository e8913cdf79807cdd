// An error as a dialog: what did not happen, why, up to three things to do, details folded, report to copy.
import { ChevronRight } from 'lucide-react';
import type { AppError } from '../../../shared/contract/errors.ts';
import { format } from '../../../shared/i18n/format.ts';
import { Button, CopyButton } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { AttentionMark } from '../components/marks.tsx';
import { ErrorDetails } from './ErrorDetails.tsx';
import { errorReport, presentError, type ErrorAction } from './present-error.ts';

export const ErrorDialog = ({
  error,
  hasVm,
  onAction,
  onClose,
}: {
  readonly error: AppError;
  readonly hasVm: boolean;
  readonly onAction: (action: ErrorAction) => void;
  readonly onClose: () => void;
}) => {
  const shown = presentError(error, hasVm);
  return (
    <Dialog
      isWide
      isAlert
      title={shown.title}
      onClose={onClose}
      lead={
        <span className={`tone-${shown.tone}`}>
          <AttentionMark size={28} />
        </span>
      }
      footer={
        <>
          <CopyButton text={errorReport(error)}>{format('err.copyReport')}</CopyButton>
          <Button className="end" onClick={onClose}>
            {format('common.close')}
          </Button>
        </>
      }
    >
      <p className="dlg-say">{shown.body}</p>
      {shown.actions.length > 0 && (
        <div className="col" style={{ gap: 'var(--s-2)' }}>
          {shown.actions.map((action, index) => (
            <button
              key={action}
              type="button"
              className={index === 0 ? 'choice best' : 'choice'}
              onClick={() => onAction(action)}
            >
              <span>
                <b>{format(`err.do.${action}`)}</b>
                <span className="xs t2">{format(`err.why.${action}`)}</span>
              </span>
              <span />
              <ChevronRight size={16} />
            </button>
          ))}
        </div>
      )}
      <ErrorDetails error={error} />
    </Dialog>
  );
};
