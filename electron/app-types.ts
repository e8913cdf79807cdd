// What the composed application offers to whoever drives it: the window's IPC, the tray, the demo, headless roles.
import type { Duplex } from 'node:stream';
import type { AppContract } from '../shared/contract/contract.ts';
import type { Result, TopicPayloads } from '../shared/contract/define.ts';
import type { JobId, VmId, EngineId } from '../shared/model/brand.ts';
import type { Decision } from '../shared/model/compat.ts';
import type { Job } from '../shared/model/job.ts';
import type { VmAction } from '../shared/model/power.ts';
import type { NewVm } from '../shared/contract/contract.ts';
import type { AppState } from '../shared/state/app-state.ts';
import type { AppPaths } from './drivers/types.ts';
import type { Logger } from './log/logger.ts';

export interface ReadonlyStore {
  readonly getState: () => AppState;
  /** Called after every change, synchronously. Returns its undo. */
  readonly subscribe: (listener: (state: AppState, before: AppState) => void) => () => void;
}

type Topics = TopicPayloads<AppContract>;
/** `send('app', 'navigate', payload)`: every topic main can push. */
export type SendTopic = <G extends keyof Topics, N extends Extract<keyof Topics[G], string>>(
  group: G,
  name: N,
  payload: Topics[G][N],
) => void;

export interface PowerOptions {
  readonly engine?: EngineId | undefined;
  readonly hasConsent?: boolean | undefined;
}

/** The one command layer: window, tray, demo and headless roles call these. Rejects with AppFailure. */
export interface Commands {
  readonly create: (request: NewVm) => Promise<{ readonly id: VmId; readonly job: JobId }>;
  readonly createDemo: () => Promise<{ readonly id: VmId; readonly job: JobId }>;
  /** Every power action; resolves as soon as the job is accepted. */
  readonly power: (id: VmId, action: Exclude<VmAction, 'delete'>, options?: PowerOptions) => JobId;
  readonly remove: (id: VmId, withDisks: boolean) => JobId;
  readonly decide: (id: VmId) => Decision;
  /** Resolves when the job ended (any phase). */
  readonly jobEnded: (id: JobId) => Promise<Job>;
  readonly openConsole: (id: VmId, kind: 'screen' | 'serial') => Promise<Duplex>;
  /** Serial output so far (last 256 KiB), also from before this manager started. */
  readonly serialHistory: (id: VmId) => Promise<Uint8Array>;
  readonly screenshot: (id: VmId) => Promise<Uint8Array>;
}

export interface App {
  readonly paths: AppPaths;
  readonly log: Logger;
  readonly store: ReadonlyStore;
  readonly commands: Commands;
  /** One entry for every call of the contract; never rejects. */
  readonly invoke: (channel: string, args: unknown) => Promise<Result>;
  /** Every topic message for the window. Returns its undo. */
  readonly onTopic: (listener: (channel: string, payload: unknown) => void) => () => void;
  readonly send: SendTopic;
  /** Definitions are loaded and drivers probed, connected and done re-adopting. Never rejects. */
  readonly ready: Promise<void>;
  /** Resolves when definitions are loaded (before drivers answered): the list can be shown. */
  readonly loaded: Promise<void>;
  /** Resolves when the first look at every engine (the KVM check included) is over. Never rejects. */
  readonly enginesKnown: Promise<void>;
  /** A moment to notice what changed on the host unseen: the window got the focus. Costs a few file stats. */
  readonly noticeChange: () => void;
  /** Lets go of everything; VMs keep running. */
  readonly dispose: () => Promise<void>;
}
