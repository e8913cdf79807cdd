// English sentences of the images area.
export const imagesTexts = {} as const;
