// Clauses that main sends for "because ..." as sentences of their own.
import { formatText } from '../../../shared/i18n/format.ts';
import type { Text } from '../../../shared/model/text.ts';

/** First letter large, full stop at the end; names that begin small on purpose are rare enough. */
export const asSentence = (text: Text): string => {
  const clause = formatText(text);
  const first = clause[0] ?? '';
  return `${first.toLocaleUpperCase('en')}${clause.slice(1)}${/[.?!]$/.test(clause) ? '' : '.'}`;
};
