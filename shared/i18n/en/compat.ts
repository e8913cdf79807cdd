// English texts of the Compatibility page, of switching engines and of fallbacks.
export const compatTexts = {
  'compat.title': 'Compatibility',
} as const;
