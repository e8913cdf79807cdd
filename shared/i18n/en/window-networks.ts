// The window's words about networks: the Networks page, the adapter editor, the keep dialog, captures, the journal.
export const windowNetworkTexts = {
  'networks.title': 'Networks',
} as const;
