// At most one toast. Information goes by itself after 8 s, a warning stays until closed.
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { IconButton } from '../components/Button.tsx';
import { useUi } from '../state/ui-store.ts';

const infoMs = 8000;
const close = (): void => useUi.setState({ toast: undefined });

export const ToastHost = () => {
  const toast = useUi((s) => s.toast);
  useEffect(() => {
    if (toast?.tone !== 'info') return undefined;
    const timer = setTimeout(close, infoMs);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div aria-live="polite">
      {toast && (
        <div className="toast" key={toast.id}>
          <span className="selectable">{toast.text}</span>
          <IconButton label={format('common.close')} look="flat" size="small" onClick={close}>
            <X size={16} />
          </IconButton>
        </div>
      )}
    </div>
  );
};
