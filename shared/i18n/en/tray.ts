// English sentences of the tray area.
export const trayTexts = {} as const;
