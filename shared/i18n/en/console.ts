// English sentences of the console and of the system's file choosers.
export const consoleTexts = {
  'dialog.filter.disk': 'Disk images',
  'dialog.filter.optical': 'CD and DVD images',
  'dialog.filter.floppy': 'Floppy images',
  'dialog.filter.any': 'Disk, CD and floppy images',
  'dialog.filter.png': 'PNG picture',
  'dialog.filter.text': 'Text',
  'dialog.filter.all': 'All files',
} as const;
