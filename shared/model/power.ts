// Power states of a VM: what was observed, which transitions exist, what may be asked for in each.
//
//            start            pause
//   off ──► starting ──► running ◄──► paused
//    ▲  restore▲  ▲        │ │ save     │ save
//    │         │  └ saved ◄┘ │ ◄────────┘
//    │         └──────┘      ▼
//    └───────────────── stopping        any live state ──► crashed (its process ended by itself)
import { z } from 'zod';

export const powerStateSchema = z.enum([
  'off',
  'starting',
  'restoring',
  'running',
  'paused',
  'saving',
  'saved',
  'stopping',
  'crashed',
  /** The definition cannot be used (damaged file); see Vm.problem. */
  'damaged',
]);
export type PowerState = z.infer<typeof powerStateSchema>;

export const vmActionSchema = z.enum([
  'start',
  'pause',
  'resume',
  'reset',
  'shutdown',
  'powerOff',
  'save',
  'discardSaved',
  'delete',
]);
export type VmAction = z.infer<typeof vmActionSchema>;

/** Add a row here for a new state; the reducer, the window, the tray and the tests read this table. */
const actionsByState: Readonly<Record<PowerState, readonly VmAction[]>> = {
  off: ['start', 'delete'],
  starting: ['powerOff'],
  restoring: ['powerOff'],
  running: ['pause', 'shutdown', 'save', 'reset', 'powerOff'],
  paused: ['resume', 'save', 'reset', 'powerOff'],
  saving: [],
  saved: ['start', 'discardSaved', 'delete'],
  stopping: ['powerOff'],
  crashed: ['start', 'delete'],
  damaged: ['delete'],
};

/** Actions that make sense in an observed state. A running job on the VM may still refuse with `vm/busy`. */
export const allowedActions = (state: PowerState): readonly VmAction[] => actionsByState[state];

/** What each action makes people see until the hypervisor reports: `undefined` = keep what is observed. */
const displayedWhilePending: Readonly<Record<VmAction, PowerState | undefined>> = {
  start: 'starting',
  pause: undefined,
  resume: undefined,
  reset: undefined,
  shutdown: 'stopping',
  powerOff: 'stopping',
  save: 'saving',
  discardSaved: undefined,
  delete: undefined,
};

/** What people see: the observation, unless a pending action is still unanswered. */
export const displayedPower = (
  observed: PowerState,
  pending: { readonly action: VmAction } | undefined,
): PowerState => (pending ? (displayedWhilePending[pending.action] ?? observed) : observed);

/** A hypervisor process exists for the VM in these states. */
export const isLive = (state: PowerState): boolean =>
  state === 'starting' ||
  state === 'restoring' ||
  state === 'running' ||
  state === 'paused' ||
  state === 'saving' ||
  state === 'stopping';
