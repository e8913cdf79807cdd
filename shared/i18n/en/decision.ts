// English sentences of the decision area.
export const decisionTexts = {} as const;
