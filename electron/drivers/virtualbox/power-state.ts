// VirtualBox's machine states, as VBoxManage prints them and as the API spells them, in our words.
import type { PowerState } from '../../../shared/model/power.ts';

/** By the API's name. VBoxManage prints the same words in lower case, but for the few in `printed`. */
const states: Readonly<Record<string, PowerState>> = {
  PoweredOff: 'off',
  Saved: 'saved',
  Teleported: 'off',
  Aborted: 'crashed',
  AbortedSaved: 'saved',
  Running: 'running',
  Paused: 'paused',
  // The guest's processor is stuck; the program that holds it still runs and can be asked.
  Stuck: 'paused',
  Teleporting: 'running',
  LiveSnapshotting: 'running',
  Starting: 'starting',
  Stopping: 'stopping',
  Saving: 'saving',
  Restoring: 'restoring',
  TeleportingPausedVM: 'paused',
  TeleportingIn: 'starting',
  DeletingSnapshotOnline: 'running',
  DeletingSnapshotPaused: 'paused',
  OnlineSnapshotting: 'running',
  RestoringSnapshot: 'off',
  DeletingSnapshot: 'off',
  SettingUp: 'off',
  Snapshotting: 'off',
};

const printed: Readonly<Record<string, string>> = {
  'aborted-saved': 'AbortedSaved',
  poweroff: 'PoweredOff',
  gurumeditation: 'Stuck',
  deletingsnapshotlive: 'DeletingSnapshotOnline',
  deletingsnapshotlivepaused: 'DeletingSnapshotPaused',
};
const byLowerCase = new Map(Object.keys(states).map((name) => [name.toLowerCase(), name]));

/** `undefined`: a state this version does not know; nothing is guessed then. */
export const powerOf = (state: string): PowerState | undefined => {
  const name = printed[state] ?? byLowerCase.get(state.toLowerCase());
  return name === undefined ? undefined : states[name];
};

/** Guru meditation: the guest cannot go on, and only powering off or resetting helps. */
export const isStuck = (state: string): boolean => state === 'Stuck' || state === 'gurumeditation';
