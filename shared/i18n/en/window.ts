// English sentences of the window area.
export const windowTexts = {} as const;
