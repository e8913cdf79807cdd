// What the palette can find: commands of the selected machine, places, machines. Pure.
import type { ReactNode } from 'react';

export interface PaletteEntry {
  readonly id: string;
  readonly group: 'vm' | 'go' | 'machines';
  readonly label: string;
  /** More words it is found by. */
  readonly words?: string;
  readonly aside?: string;
  readonly keys?: string;
  readonly icon?: ReactNode;
  readonly run: () => void;
}

const fold = (text: string): string => text.normalize('NFKD').toLocaleLowerCase('en');

/** Every typed word must occur; matches at the beginning of the label come first. */
export const searchEntries = (
  entries: readonly PaletteEntry[],
  query: string,
  limit: number,
): readonly PaletteEntry[] => {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries.slice(0, limit);
  const scored = entries.flatMap((entry, index) => {
    const label = fold(entry.label);
    const text = `${label} ${fold(entry.words ?? '')}`;
    if (!words.every((word) => text.includes(word))) return [];
    const first = words[0] ?? '';
    const score = label.startsWith(first) ? 0 : label.includes(` ${first}`) ? 1 : 2;
    return [{ entry, score, index }];
  });
  return scored
    .sort((a, b) => a.score - b.score || a.index - b.index)
    .slice(0, limit)
    .map(({ entry }) => entry);
};
