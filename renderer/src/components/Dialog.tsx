// Dialogs and the end-side sheet on Radix. Escape is always the harmless answer.
import { Dialog as RadixDialog } from 'radix-ui';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { format } from '../../../shared/i18n/format.ts';

interface DialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children?: ReactNode;
  readonly footer?: ReactNode;
  readonly lead?: ReactNode;
  readonly isWide?: boolean;
  readonly isAlert?: boolean;
  /** A countdown: nothing has the focus at first, and Enter and Escape do nothing. */
  readonly isCountdown?: boolean;
}

const still = {
  onOpenAutoFocus: (event: Event): void => {
    event.preventDefault();
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
  },
  onEscapeKeyDown: (event: Event): void => event.preventDefault(),
  onInteractOutside: (event: Event): void => event.preventDefault(),
};

export const Dialog = ({
  title,
  onClose,
  children,
  footer,
  lead,
  isWide = false,
  isAlert = false,
  isCountdown = false,
}: DialogProps) => (
  <RadixDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
    <RadixDialog.Portal>
      <RadixDialog.Overlay className="scrim" />
      <RadixDialog.Content
        className={isWide ? 'dlg wide' : 'dlg'}
        role={isAlert ? 'alertdialog' : 'dialog'}
        aria-describedby={undefined}
        {...(isCountdown ? still : {})}
      >
        <div className="dlg-body">
          <div className="row" style={{ gap: 'var(--s-3)', alignItems: 'flex-start' }}>
            {lead}
            <RadixDialog.Title className="grow">{title}</RadixDialog.Title>
          </div>
          {children}
        </div>
        {footer !== undefined && <div className="foot">{footer}</div>}
      </RadixDialog.Content>
    </RadixDialog.Portal>
  </RadixDialog.Root>
);

/** A panel that explains opens at the end side and never replaces what it explains. */
export const Sheet = ({ title, onClose, children, footer }: DialogProps) => (
  <RadixDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
    <RadixDialog.Portal>
      <RadixDialog.Overlay className="scrim" />
      <RadixDialog.Content className="sheet" aria-describedby={undefined}>
        <div className="sheet-head">
          <RadixDialog.Title className="grow">{title}</RadixDialog.Title>
          {/* No tip here: it would take the first Escape. */}
          <button
            type="button"
            className="btn ico flat"
            aria-label={format('common.close')}
            onClick={onClose}
          >
            <X size={16} />
          </button>
        </div>
        <div className="sheet-body">{children}</div>
        {footer !== undefined && <div className="foot">{footer}</div>}
      </RadixDialog.Content>
    </RadixDialog.Portal>
  </RadixDialog.Root>
);
