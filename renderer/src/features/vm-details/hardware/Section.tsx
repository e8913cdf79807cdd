// A titled part of the Hardware tab; says when its changes apply while the machine runs.
import type { ReactNode } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';

/** `next`: applies at the next start; `now`: at once; `off`: not while the machine runs. */
export type When = 'next' | 'now' | 'off';
const whenText = { next: 'hw.nextStart', now: 'hw.atOnce', off: 'hw.whenOff' } as const;

/** For what cannot change at once; a machine that is off needs no word about it. */
export const whenOf = (isLive: boolean, isOffOnly: boolean): When | undefined =>
  isLive ? (isOffOnly ? 'off' : 'next') : undefined;

export const Section = ({
  title,
  when,
  action,
  isLocked = false,
  children,
}: {
  readonly title: string;
  /** Shown only while the machine runs. */
  readonly when?: When | undefined;
  readonly action?: ReactNode;
  /** Everything in it stays as it is for now. */
  readonly isLocked?: boolean;
  readonly children: ReactNode;
}) => (
  <section className="hw-sec" aria-label={title}>
    <fieldset disabled={isLocked} className="hw-part">
      <div className="row">
        <h2 className="sec">{title}</h2>
        {when && <span className="chip">{format(whenText[when])}</span>}
        {action !== undefined && <span className="end">{action}</span>}
      </div>
      {children}
    </fieldset>
  </section>
);
