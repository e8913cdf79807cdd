// A titled part of the Hardware tab; says when its changes apply while the machine runs.
import type { ReactNode } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';

export const Section = ({
  title,
  when,
  action,
  children,
}: {
  readonly title: string;
  /** `next`: applies at the next start; `now`: at once, also while running. Shown only while it runs. */
  readonly when?: 'next' | 'now' | undefined;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}) => (
  <section className="hw-sec" aria-label={title}>
    <div className="row">
      <h2 className="sec">{title}</h2>
      {when && (
        <span className="chip">{format(when === 'now' ? 'hw.atOnce' : 'hw.nextStart')}</span>
      )}
      {action !== undefined && <span className="end">{action}</span>}
    </div>
    {children}
  </section>
);
