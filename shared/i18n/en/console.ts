// English sentences of the console area.
export const consoleTexts = {} as const;
