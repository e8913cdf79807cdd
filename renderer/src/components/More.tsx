// The rest of a long list, on request: hundreds of rows at once would make the window slow.
import { useState, type ReactNode } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { Button } from './Button.tsx';

/** The first rows, and the button that shows as many again; without it everything is shown. */
export const useMore = <T,>(
  rows: readonly T[],
  step = 100,
): { readonly shown: readonly T[]; readonly more: ReactNode } => {
  const [count, setCount] = useState(step);
  const rest = rows.length - count;
  return {
    shown: rest > 0 ? rows.slice(0, count) : rows,
    more:
      rest > 0 ? (
        <Button look="link" size="small" onClick={() => setCount(count + step)}>
          {format('list.more', { count: Math.min(step, rest), rest })}
        </Button>
      ) : null,
  };
};
