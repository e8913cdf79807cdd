// What the core needs from the desktop shell. Electron implements it in shell/; headless runs use `noShell`.
import type { Duplex } from 'node:stream';
import { failure } from '../../shared/contract/errors.ts';

export interface ShellPort {
  readonly info: () => {
    readonly version: string;
    readonly electron: string;
    readonly isFallbackRuntime: boolean;
    readonly hasTrayHost: boolean;
    readonly platform: string;
  };
  readonly openFile: (purpose: 'disk' | 'optical' | 'floppy' | 'any') => Promise<string | null>;
  readonly saveFile: (
    purpose: 'screenshot' | 'report' | 'capture',
    name: string,
  ) => Promise<string | null>;
  readonly openExternal: (url: string) => Promise<void>;
  readonly copyText: (text: string) => void;
  readonly copyImage: (png: Uint8Array) => void;
  /**
   * Hands a console stream to the window over a MessagePort (contract/console-protocol.ts).
   * `history` is sent first. `willReturn` is asked when the stream ends. Returns the channel's name.
   */
  readonly attachConsole: (
    stream: Duplex,
    options: { readonly history: Uint8Array; readonly willReturn: () => boolean },
  ) => string;
  readonly detachConsole: (channel: string) => void;
  readonly answerQuit: (
    answer: 'keepRunning' | 'saveState' | 'shutdown' | 'cancel',
    remember: boolean,
  ) => void;
  readonly painted: (mark: string, atMs: number) => void;
}

const noWindow = (): never => {
  throw failure('ipc/rejected', { channel: 'shell', reason: 'there is no window' });
};

/** For runs without a window. */
export const noShell: ShellPort = {
  info: () => ({
    version: '',
    electron: '',
    isFallbackRuntime: false,
    hasTrayHost: false,
    platform: process.platform,
  }),
  openFile: noWindow,
  saveFile: noWindow,
  openExternal: noWindow,
  copyText: noWindow,
  copyImage: noWindow,
  attachConsole: noWindow,
  detachConsole: () => undefined,
  answerQuit: () => undefined,
  painted: () => undefined,
};
