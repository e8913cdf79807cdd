// What travels over a console's MessagePort. Back-pressure: main keeps at most `consoleWindowBytes`
// unacknowledged and pauses the socket beyond; the window acknowledges what it has consumed. The other way main
// acknowledges what the guest's side has taken, so that a long paste waits in the window.

export const consoleWindowBytes = 4 * 1024 * 1024;

export type ConsoleFromMain =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'ack'; readonly bytes: number }
  /** The stream ended; `willReturn` = the VM still runs and main will accept a new open. */
  | { readonly kind: 'closed'; readonly willReturn: boolean };

export type ConsoleFromWindow =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'ack'; readonly bytes: number }
  | { readonly kind: 'close' };
