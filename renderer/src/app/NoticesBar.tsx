// Things told once at the top of the window, until dismissed.
import { Info, X } from 'lucide-react';
import { format, formatText } from '../../../shared/i18n/format.ts';
import { useActions } from '../actions/actions.ts';
import { Button, IconButton } from '../components/Button.tsx';
import { AttentionMark } from '../components/marks.tsx';
import { useAppStore } from '../state/app-store.ts';
import { openDialog } from '../state/ui-store.ts';

export const NoticesBar = () => {
  const notices = useAppStore((s) => s.state.notices);
  const actions = useActions();
  return (
    <div className="notices" role="region" aria-label={format('notice.region')}>
      {Object.values(notices).map((notice) => (
        <div key={notice.id} className={`notice ${notice.tone}`} role="status">
          {notice.tone === 'info' ? <Info size={16} /> : <AttentionMark />}
          <p className="grow">{formatText(notice.text)}</p>
          {notice.error && (
            <Button
              size="small"
              onClick={() => notice.error && openDialog({ kind: 'error', error: notice.error })}
            >
              {format('err.details')}
            </Button>
          )}
          {notice.url !== undefined && (
            <Button
              size="small"
              onClick={() =>
                void actions.attempt(actions.client.app.openExternal({ url: notice.url ?? '' }))
              }
            >
              {format('notice.open')}
            </Button>
          )}
          <IconButton
            label={format('common.dismiss')}
            look="flat"
            size="small"
            onClick={() =>
              void actions.attempt(actions.client.app.dismissNotice({ id: notice.id }))
            }
          >
            <X size={16} />
          </IconButton>
        </div>
      ))}
    </div>
  );
};
