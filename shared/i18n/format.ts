// Turns a Text into a sentence. Messages are parsed once, when first used.
import { IntlMessageFormat } from 'intl-messageformat';
import type { Text } from '../model/text.ts';
import { catalogEn, type MessageKey } from './catalog.en.ts';

const parsed = new Map<MessageKey, IntlMessageFormat>();

/** Formats `key` with `params`. A missing parameter shows as `{name}` instead of failing. */
export const format = (
  key: MessageKey,
  params: Readonly<Record<string, string | number>> = {},
): string => {
  const source: string | undefined = catalogEn[key];
  if (source === undefined) return key;
  if (!source.includes('{')) return source;
  let message = parsed.get(key);
  if (!message) {
    message = new IntlMessageFormat(source, 'en', undefined, { ignoreTag: true });
    parsed.set(key, message);
  }
  try {
    return String(message.format(params));
  } catch {
    // A parameter is missing: the pattern itself says more than nothing.
    return source;
  }
};

export const formatText = (text: Text): string => format(text.key, text.params);
