// What is true about a port forward now: open, waiting for its machine, or taken by somebody. Pure.
import { isOutside, nextFreePort, rivalOf, type ForwardRow } from './forwards.ts';

/** Who holds a port on this computer, as main sees it. */
export interface Holder {
  readonly by?: string | undefined;
  /** A port nearby that is free. */
  readonly free?: number | undefined;
}

export type ForwardState =
  | { readonly kind: 'open'; readonly isOutside: boolean }
  /** Opens when its machine or network starts. */
  | { readonly kind: 'waits' }
  /** Another forward has the same port; whoever starts first gets it. */
  | { readonly kind: 'shared'; readonly by: string; readonly free: number | undefined }
  | { readonly kind: 'taken'; readonly by: string; readonly free: number | undefined };

export const forwardState = (
  row: ForwardRow,
  rows: readonly ForwardRow[],
  holder: Holder | undefined,
): ForwardState => {
  const rival = rivalOf(row, rows);
  const free = holder?.free;
  if (rival?.isOpen && !row.isOpen) return { kind: 'taken', by: rival.to, free };
  // Of an open forward we are the holder ourselves.
  if (row.isOpen) {
    return rival?.isOpen
      ? { kind: 'taken', by: rival.to, free }
      : { kind: 'open', isOutside: isOutside(row.hostAddress) };
  }
  if (holder?.by !== undefined) return { kind: 'taken', by: holder.by, free };
  return rival ? { kind: 'shared', by: rival.to, free } : { kind: 'waits' };
};

/** The port to use instead, where somebody else has or wants this one. */
export const portInstead = (
  row: ForwardRow,
  rows: readonly ForwardRow[],
  state: ForwardState,
): number | undefined =>
  state.kind === 'taken' || state.kind === 'shared'
    ? (state.free ??
      nextFreePort(
        { ...row, hostPort: row.hostPort + 1 },
        rows.filter(({ key }) => key !== row.key),
      ))
    : undefined;
