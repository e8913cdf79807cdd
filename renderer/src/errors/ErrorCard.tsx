// An error shown in place: the same facts as the dialog, as a card.
import type { AppError } from '../../../shared/contract/errors.ts';
import { format } from '../../../shared/i18n/format.ts';
import { Button, CopyButton } from '../components/Button.tsx';
import { AttentionMark } from '../components/marks.tsx';
import { ErrorDetails } from './ErrorDetails.tsx';
import { errorReport, presentError, type ErrorAction } from './present-error.ts';

export const ErrorCard = ({
  error,
  hasVm,
  onAction,
  onDismiss,
}: {
  readonly error: AppError;
  readonly hasVm: boolean;
  readonly onAction: (action: ErrorAction) => void;
  readonly onDismiss?: () => void;
}) => {
  const shown = presentError(error, hasVm);
  return (
    <section className={`note tone-${shown.tone}`} role="alert" aria-label={shown.title}>
      <AttentionMark />
      <div className="grow col" style={{ gap: 'var(--s-2)' }}>
        <h2 style={{ fontSize: 'var(--t-md)', fontWeight: 600 }}>{shown.title}</h2>
        <p style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{shown.body}</p>
        <div className="row wrap">
          {shown.actions.map((action) => (
            <Button key={action} size="small" onClick={() => onAction(action)}>
              {format(`err.do.${action}`)}
            </Button>
          ))}
          <CopyButton size="small" text={errorReport(error)}>
            {format('err.copyReport')}
          </CopyButton>
          {onDismiss && (
            <Button size="small" look="flat" onClick={onDismiss}>
              {format('common.dismiss')}
            </Button>
          )}
        </div>
        <ErrorDetails error={error} />
      </div>
    </section>
  );
};
