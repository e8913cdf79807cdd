import { describe, expect, it } from 'vitest';
import { searchEntries, type PaletteEntry } from './search.ts';

const entry = (id: string, label: string, words = ''): PaletteEntry => ({
  id,
  group: 'go',
  label,
  words,
  run: () => undefined,
});
const entries = [
  entry('host', 'Host', 'kvm doctor'),
  entry('new', 'New machine'),
  entry('m', 'Café machine'),
];
const ids = (query: string) => searchEntries(entries, query, 10).map(({ id }) => id);

describe('palette search', () => {
  it('finds by label, by more words and without accents', () => {
    expect(ids('host')).toEqual(['host']);
    expect(ids('KVM')).toEqual(['host']);
    expect(ids('cafe')).toEqual(['m']);
  });
  it('wants every word', () => {
    expect(ids('new machine')).toEqual(['new']);
    expect(ids('new host')).toEqual([]);
  });
  it('shows everything in order for an empty query', () => {
    expect(ids('')).toEqual(['host', 'new', 'm']);
  });
});
