// Every state VirtualBox prints has a place in our table.
import { expect, it } from 'vitest';
import { isStuck, powerOf } from './power-state.ts';

// The strings of VBoxManage 7.2.22, and `teleportingin`, which a waiting target prints.
const all =
  'poweroff saved teleported aborted aborted-saved running paused gurumeditation teleporting livesnapshotting starting stopping saving restoring teleportingpausedvm restoringsnapshot deletingsnapshot deletingsnapshotlive deletingsnapshotlivepaused onlinesnapshotting settingup teleportingin';

it('knows every printed state', () => {
  for (const state of all.split(' ')) expect(powerOf(state), state).toBeDefined();
});

it('reads both spellings alike', () => {
  expect([powerOf('poweroff'), powerOf('PoweredOff')]).toEqual(['off', 'off']);
  expect([powerOf('aborted'), powerOf('Aborted')]).toEqual(['crashed', 'crashed']);
  expect([powerOf('aborted-saved'), powerOf('AbortedSaved')]).toEqual(['saved', 'saved']);
  expect([powerOf('gurumeditation'), powerOf('Stuck')]).toEqual(['paused', 'paused']);
  expect([isStuck('gurumeditation'), isStuck('Stuck'), isStuck('paused')]).toEqual([
    true,
    true,
    false,
  ]);
});

it('guesses nothing', () => {
  expect(powerOf('inventedstate')).toBeUndefined();
});
