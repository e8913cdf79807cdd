// English sentences of the Hardware tab.
export const windowHardware = {
  'hw.notes': 'Notes',
  'hw.floppy': 'Floppy',
} as const;
