// How this program starts itself for a role, without a window and without a display.
import { app } from 'electron';

/** Passed on: what Chromium needs to start at all here. */
const kept = ['no-sandbox', 'disable-gpu'] as const;

export const roleCommand = (role: string): readonly string[] => [
  process.execPath,
  '--ozone-platform=headless',
  ...kept.filter((name) => app.commandLine.hasSwitch(name)).map((name) => `--${name}`),
  ...(app.isPackaged ? [] : [app.getAppPath()]),
  `--role=${role}`,
];
