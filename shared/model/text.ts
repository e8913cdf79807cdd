// A sentence for people, as data: a catalogue key with its parameters. Formatting is i18n/format.ts.
import { z } from 'zod';
import type { MessageKey } from '../i18n/catalog.en.ts';

export const textSchema = z
  .object({
    key: z.string().transform((key) => key as MessageKey),
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  })
  .readonly();

export interface Text {
  readonly key: MessageKey;
  readonly params?: Readonly<Record<string, string | number>> | undefined;
}

export const text = (key: MessageKey, params?: Readonly<Record<string, string | number>>): Text =>
  params === undefined ? { key } : { key, params };
