import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { call, topic } from '../../shared/contract/define.ts';
import { failure } from '../../shared/contract/errors.ts';
import { silentLogger } from '../log/logger.ts';
import { createRouter } from './router.ts';

const contract = {
  vm: {
    add: call(z.object({ a: z.number(), b: z.number() }), z.number()),
    fail: call(z.object({}), z.void()),
    crash: call(z.object({}), z.void()),
    changed: topic(z.number()),
  },
} as const;
const invoke = createRouter(
  contract,
  {
    vm: {
      add: ({ a, b }) => a + b,
      fail: () => {
        throw failure('vm/not-found', { id: 'x' });
      },
      crash: () => {
        throw new Error('secret detail');
      },
    },
  },
  silentLogger,
);

describe('router', () => {
  it('answers a good call', async () => {
    expect(await invoke('vm.add', { a: 1, b: 2 })).toEqual({ ok: true, value: 3 });
  });
  it.each(['vm.nothing', 'vm.changed', 'vm', '', 'vm.add.x', '__proto__.add', 'vm.constructor'])(
    'refuses the unknown call %j',
    async (channel) => {
      expect(await invoke(channel, {})).toMatchObject({
        ok: false,
        error: { code: 'ipc/rejected' },
      });
    },
  );
  it('refuses wrong arguments before the handler runs', async () => {
    expect(await invoke('vm.add', { a: '1', b: 2 })).toMatchObject({
      ok: false,
      error: { code: 'ipc/rejected', params: { channel: 'vm.add' } },
    });
  });
  it('carries typed failures as data', async () => {
    expect(await invoke('vm.fail', {})).toMatchObject({
      ok: false,
      error: { code: 'vm/not-found', params: { id: 'x' } },
    });
  });
  it('gives an unknown throw a reference', async () => {
    const result = await invoke('vm.crash', {});
    expect(result).toMatchObject({ ok: false, error: { code: 'internal/unexpected' } });
  });
});
