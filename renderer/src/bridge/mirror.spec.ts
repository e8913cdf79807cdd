import { describe, expect, it, vi } from 'vitest';
import { emptyState, type AppState } from '../../../shared/state/app-state.ts';
import type { PatchMessage } from '../../../shared/state/patch.ts';
import { startMirror, type Snapshot } from './mirror.ts';

const withHost = (name: string): AppState => ({
  ...emptyState,
  host: {
    host: {
      hostname: name,
      cpus: 1,
      memoryMiB: 1,
      distribution: '',
      kernel: '',
      freeBytes: 0,
      dataDir: '/',
    },
  },
});
const patch = (base: number, name: string, epoch = 'a'): PatchMessage => ({
  epoch,
  base,
  seq: base + 1,
  put: { host: withHost(name).host },
  remove: {},
});

const setUp = () => {
  let send: (message: PatchMessage) => void = () => undefined;
  let sendInvalid: () => void = () => undefined;
  const asked: { answer: (s: Snapshot) => void; fail: (e: Error) => void }[] = [];
  const written: { epoch: string; seq: number; name: string | undefined }[] = [];
  const failed = vi.fn();
  const stop = startMirror({
    subscribe: (listener, onInvalid) => {
      send = listener;
      sendInvalid = onInvalid;
      return () => (send = () => undefined);
    },
    snapshot: () => new Promise((answer, fail) => asked.push({ answer, fail })),
    write: ({ epoch, seq, state }) =>
      written.push({ epoch, seq, name: state.host['host']?.hostname }),
    failed,
    retryDelayMs: 1,
  });
  const answer = async (index: number, seq: number, name: string, epoch = 'a') => {
    asked[index]?.answer({ epoch, seq, state: withHost(name) });
    await new Promise((resolve) => setTimeout(resolve));
  };
  return {
    send: (m: PatchMessage) => send(m),
    sendInvalid: () => sendInvalid(),
    asked,
    written,
    failed,
    stop,
    answer,
    last: () => written.at(-1),
  };
};

describe('mirror', () => {
  it('loses no update that arrives while the snapshot is on its way', async () => {
    const world = setUp();
    world.send(patch(4, 'already contained'));
    world.send(patch(5, 'newer'));
    await world.answer(0, 5, 'snapshot');
    expect(world.last()).toEqual({ epoch: 'a', seq: 6, name: 'newer' });
    expect(world.asked).toHaveLength(1);
  });

  it('drops what the snapshot contains and applies what follows', async () => {
    const world = setUp();
    await world.answer(0, 3, 'three');
    world.send(patch(2, 'old'));
    expect(world.last()?.name).toBe('three');
    world.send(patch(3, 'four'));
    expect(world.last()).toEqual({ epoch: 'a', seq: 4, name: 'four' });
  });

  it('takes a new snapshot when a patch is missing', async () => {
    const world = setUp();
    await world.answer(0, 1, 'one');
    world.send(patch(5, 'six'));
    expect(world.asked).toHaveLength(2);
    world.send(patch(6, 'seven'));
    await world.answer(1, 6, 'six');
    expect(world.last()).toEqual({ epoch: 'a', seq: 7, name: 'seven' });
  });

  it('takes a new snapshot when main was restarted', async () => {
    const world = setUp();
    await world.answer(0, 9, 'former');
    world.send(patch(0, 'first of the new', 'b'));
    await world.answer(1, 1, 'new', 'b');
    expect(world.last()).toEqual({ epoch: 'b', seq: 1, name: 'new' });
    world.send(patch(1, 'next', 'b'));
    expect(world.last()?.name).toBe('next');
  });

  it('resyncs after a message of another shape', async () => {
    const world = setUp();
    await world.answer(0, 1, 'one');
    world.sendInvalid();
    await world.answer(1, 2, 'two');
    expect(world.last()).toEqual({ epoch: 'a', seq: 2, name: 'two' });
  });

  it('asks again after a failed snapshot and tells', async () => {
    const world = setUp();
    world.asked[0]?.fail(new Error('gone'));
    await vi.waitFor(() => expect(world.asked).toHaveLength(2));
    expect(world.failed).toHaveBeenCalledOnce();
    await world.answer(1, 1, 'back');
    expect(world.last()?.name).toBe('back');
  });

  it('writes nothing after stop', async () => {
    const world = setUp();
    world.stop();
    await world.answer(0, 1, 'late');
    expect(world.written).toEqual([]);
  });
});
