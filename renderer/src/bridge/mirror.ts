// Keeps the window's copy of the state equal to main's: subscribe first, buffer, take a snapshot, drop what
// it already contains, then apply patches in order. A gap or a new epoch (main restarted) takes a new snapshot.
import type { AppState } from '../../../shared/state/app-state.ts';
import { apply, type Patch, type PatchMessage } from '../../../shared/state/patch.ts';

export interface Snapshot {
  readonly epoch: string;
  readonly seq: number;
  readonly state: AppState;
}

export interface MirrorPorts {
  /** Returns its undo. `onInvalid` is called for a message of another shape. */
  readonly subscribe: (
    listener: (message: PatchMessage) => void,
    onInvalid: () => void,
  ) => () => void;
  readonly snapshot: () => Promise<Snapshot>;
  readonly write: (next: {
    readonly epoch: string;
    readonly seq: number;
    readonly state: AppState;
  }) => void;
  readonly failed: (error: unknown) => void;
  /** Waits before a failed snapshot is asked again. */
  readonly retryDelayMs: number;
}

type Phase =
  | { readonly kind: 'syncing' }
  | {
      readonly kind: 'live';
      readonly epoch: string;
      readonly seq: number;
      readonly state: AppState;
    };

/** Starts mirroring; returns its undo. */
export const startMirror = (ports: MirrorPorts): (() => void) => {
  let phase: Phase = { kind: 'syncing' };
  let buffer: PatchMessage[] = [];
  let isStopped = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const goLive = (epoch: string, seq: number, state: AppState): void => {
    phase = { kind: 'live', epoch, seq, state };
    ports.write({ epoch, seq, state });
  };

  /** Answers false when the message does not follow: the mirror must resync. */
  const step = (message: PatchMessage): boolean => {
    if (phase.kind !== 'live') return true;
    if (message.epoch !== phase.epoch) return false;
    if (message.seq <= phase.seq) return true;
    if (message.base !== phase.seq) return false;
    goLive(message.epoch, message.seq, apply(phase.state, message as Patch));
    return true;
  };

  const sync = async (): Promise<void> => {
    phase = { kind: 'syncing' };
    // Whatever was received before asking is contained in the answer.
    buffer = [];
    try {
      const snapshot = await ports.snapshot();
      if (isStopped) return;
      goLive(snapshot.epoch, snapshot.seq, snapshot.state);
      const waiting = buffer;
      buffer = [];
      if (!waiting.every(step)) await sync();
    } catch (error) {
      if (isStopped) return;
      ports.failed(error);
      retry = setTimeout(() => void sync(), ports.retryDelayMs);
    }
  };

  const receive = (message: PatchMessage): void => {
    if (phase.kind === 'syncing') {
      buffer.push(message);
      return;
    }
    if (!step(message)) void sync();
  };

  const stop = ports.subscribe(receive, () => {
    if (phase.kind === 'live') void sync();
  });
  void sync();
  return () => {
    isStopped = true;
    clearTimeout(retry);
    stop();
  };
};
