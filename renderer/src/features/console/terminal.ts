// One serial console: xterm.js with scroll-back. Owns the terminal's lifetime; React stays outside.
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

const scrollbackLines = 10_000;

/** The console is dark in both themes, like the machines it shows. */
const theme = {
  background: '#0b0c0e',
  foreground: '#d5d9e0',
  cursor: '#d5d9e0',
  selectionBackground: '#3a6fd466',
} as const;

export interface SerialTerminal {
  /** `consumed` is called when the text is on the screen: that is what holds a flood back. */
  readonly write: (bytes: Uint8Array, consumed: () => void) => void;
  readonly reset: () => void;
  readonly focus: () => void;
  readonly blur: () => void;
  readonly fit: () => void;
  /** The selection, else everything in the scroll-back. */
  readonly text: () => string;
  readonly dispose: () => void;
}

export interface TerminalOptions {
  readonly label: string;
  readonly font: string;
  readonly onInput: (bytes: Uint8Array) => void;
  readonly onCopy: (text: string) => void;
}

export const openTerminal = (container: HTMLElement, options: TerminalOptions): SerialTerminal => {
  const terminal = new Terminal({
    scrollback: scrollbackLines,
    fontFamily: options.font,
    fontSize: 13,
    lineHeight: 1.2,
    theme,
    cursorBlink: false,
    // A screen reader follows what the machine prints.
    screenReaderMode: true,
    // Kernels end lines with CR LF, firmware sometimes with LF alone.
    convertEol: true,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(container);
  terminal.textarea?.setAttribute('aria-label', options.label);
  const encoder = new TextEncoder();
  const text = (): string => {
    if (terminal.hasSelection()) return terminal.getSelection();
    const lines: string[] = [];
    const { active } = terminal.buffer;
    for (let y = 0; y < active.length; y += 1) {
      lines.push(active.getLine(y)?.translateToString(true) ?? '');
    }
    return lines.join('\n').trimEnd();
  };
  const input = terminal.onData((data) => options.onInput(encoder.encode(data)));
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type === 'keydown' && event.ctrlKey && event.shiftKey && event.code === 'KeyC') {
      event.preventDefault();
      options.onCopy(text());
      return false;
    }
    // Paste belongs to the page, which hands the text to the terminal.
    return !(event.ctrlKey && event.shiftKey && event.code === 'KeyV');
  });
  const refit = (): void => {
    if (container.clientWidth > 0 && container.clientHeight > 0) fit.fit();
  };
  refit();
  return {
    write: (bytes, consumed) => terminal.write(bytes, consumed),
    reset: () => terminal.reset(),
    focus: () => terminal.focus(),
    blur: () => terminal.blur(),
    fit: refit,
    text,
    dispose: () => {
      input.dispose();
      terminal.dispose();
    },
  };
};
