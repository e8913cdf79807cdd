// The desktop's answers to what the core asks of its shell.
import { app, clipboard, shell } from 'electron';
import type { ShellPort } from '../ipc/shell-port.ts';
import { copyImage } from './clipboard-image.ts';
import type { ConsoleHub } from './console-hub.ts';
import { createOpenFile, createSaveFile } from './dialogs.ts';
import { isFallbackRuntime } from './places.ts';
import type { MainWindow } from './window.ts';

export interface ShellParts {
  readonly window: MainWindow;
  readonly consoles: ConsoleHub;
  readonly hasTrayHost: () => boolean;
  readonly answerQuit: ShellPort['answerQuit'];
  readonly painted: ShellPort['painted'];
}

export const createShellPort = (parts: ShellParts): ShellPort => ({
  info: () => ({
    version: app.getVersion(),
    electron: process.versions.electron,
    isFallbackRuntime: isFallbackRuntime(),
    hasTrayHost: parts.hasTrayHost(),
    platform: process.platform,
  }),
  openFile: createOpenFile(parts.window.get),
  saveFile: createSaveFile(parts.window.get),
  openExternal: (url) => shell.openExternal(url),
  copyText: (text) => void clipboard.writeText(text),
  copyImage,
  attachConsole: parts.consoles.attach,
  detachConsole: parts.consoles.detach,
  answerQuit: parts.answerQuit,
  painted: parts.painted,
});
