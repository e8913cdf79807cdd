import { describe, expect, it, vi } from 'vitest';
import type { Bridge, Result } from '../../../shared/contract/define.ts';
import { isFailure } from '../../../shared/contract/errors.ts';
import { createClient, createSubscribe } from './client.ts';

const bridgeOf = (result: Result) => {
  const invoke = vi.fn(async (_channel: string, _args: unknown) => result);
  const listeners = new Map<string, (payload: unknown) => void>();
  const bridge: Bridge = {
    invoke,
    subscribe: (channel, listener) => {
      listeners.set(channel, listener);
      return () => listeners.delete(channel);
    },
    pathForFile: () => '',
  };
  return { bridge, invoke, listeners };
};

describe('client', () => {
  it('sends group.name with the arguments and returns the checked result', async () => {
    const { bridge, invoke } = bridgeOf({ ok: true, value: { freeBytes: 7 } });
    const result = await createClient(bridge).medium.space({ capacity: 1 });
    expect(invoke).toHaveBeenCalledWith('medium.space', { capacity: 1 });
    expect(result).toEqual({ freeBytes: 7 });
  });

  it('has no function for a topic', () => {
    const client = createClient(bridgeOf({ ok: true, value: undefined }).bridge);
    expect(Object.keys(client.state)).toEqual(['snapshot']);
  });

  it('turns a failure into AppFailure with its code and details', async () => {
    const { bridge } = bridgeOf({
      ok: false,
      error: { code: 'vm/not-found', params: { id: 'x' }, tried: ['vm.start'] },
    });
    const error: unknown = await createClient(bridge)
      .job.cancel({ id: 'j' })
      .catch((e: unknown) => e);
    expect(isFailure(error, 'vm/not-found')).toBe(true);
  });

  it('refuses a result of another shape', async () => {
    const { bridge } = bridgeOf({ ok: true, value: { freeBytes: 'many' } });
    const error: unknown = await createClient(bridge)
      .medium.space({ capacity: 1 })
      .catch((e: unknown) => e);
    expect(isFailure(error, 'ipc/rejected')).toBe(true);
  });

  it('checks topic payloads and tells about a wrong one', () => {
    const { bridge, listeners } = bridgeOf({ ok: true, value: undefined });
    const heard = vi.fn();
    const invalid = vi.fn();
    const stop = createSubscribe(bridge)('app', 'navigate', heard, invalid);
    listeners.get('app.navigate')?.({ to: 'host' });
    listeners.get('app.navigate')?.({ to: 'nowhere' });
    expect(heard).toHaveBeenCalledExactlyOnceWith({ to: 'host' });
    expect(invalid).toHaveBeenCalledOnce();
    stop();
    expect(listeners.size).toBe(0);
  });
});
