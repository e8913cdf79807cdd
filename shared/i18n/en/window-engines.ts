// English texts of the window about engines: switching, fallback, encrypted machines, snapshots.
export const windowEngineTexts = {
  'engines.switch': 'Switch engine…',
} as const;
