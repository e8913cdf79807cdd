// English sentences of the host area.
export const hostTexts = {} as const;
