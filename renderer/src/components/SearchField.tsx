// The search field above a list: a magnifier, the words, a cross that empties it. Ctrl F finds it by `data-search`.
import { Search, X } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { IconButton } from './Button.tsx';

export const SearchField = (props: {
  readonly label: string;
  readonly query: string;
  readonly className?: string;
  readonly onChange: (query: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
}) => (
  <div className={props.className === undefined ? 'lsearch' : `lsearch ${props.className}`}>
    <Search size={14} aria-hidden="true" />
    <input
      type="search"
      aria-label={props.label}
      placeholder={props.label}
      value={props.query}
      spellCheck={false}
      onChange={(event) => props.onChange(event.target.value)}
      onKeyDown={props.onKeyDown}
      data-search
    />
    {props.query !== '' && (
      <IconButton
        label={format('list.clear')}
        look="flat"
        size="small"
        onClick={() => props.onChange('')}
      >
        <X size={14} />
      </IconButton>
    )}
  </div>
);
