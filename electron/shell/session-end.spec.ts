// The end of a session is told from the end of the manager; only what it would cut off is brought home.
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import type { JobId, VmId } from '../../shared/model/brand.ts';
import type { PowerState } from '../../shared/model/power.ts';
import type { QuitPolicy } from '../../shared/model/settings.ts';
import { emptyState } from '../../shared/state/app-state.ts';
import type { App } from '../app-types.ts';
import { silentLogger } from '../log/logger.ts';
import type { Exec } from '../process/exec.ts';
import { createSessionEnd, isSessionEnding } from './session-end.ts';

const answering =
  (answers: Readonly<Record<string, string>>): Exec =>
  async (file, args) => {
    const asked = [file, ...args].join(' ');
    const hit = Object.entries(answers).find(([part]) => asked.includes(part));
    if (!hit) throw failure('process/not-found', { command: file });
    return { stdout: `${hit[1]}\n`, stderr: '', exitCode: 0, durationMs: 1 };
  };
const calm = {
  'loginctl show-session 4': 'active',
  'systemctl is-system-running': 'running',
  'systemctl --user is-system-running': 'running',
  'graphical-session.target': 'active',
};

describe('a session', () => {
  const env = { XDG_SESSION_ID: '4' };
  it('goes on while nothing says otherwise, and where nothing can be asked', async () => {
    expect(await isSessionEnding(answering(calm), env)).toBe(false);
    expect(await isSessionEnding(answering({ ...calm, 'is-system-running': 'degraded' }), {})).toBe(
      false,
    );
    expect(await isSessionEnding(answering({}), env)).toBe(false);
  });

  it.each([
    ['loginctl show-session 4', 'closing'],
    ['systemctl is-system-running', 'stopping'],
    ['systemctl --user is-system-running', 'stopping'],
    ['graphical-session.target', 'deactivating'],
  ])('ends when %s is %s', async (question, answer) => {
    expect(await isSessionEnding(answering({ ...calm, [question]: answer }), env)).toBe(true);
  });
});

const world = (
  vms: readonly {
    readonly id: string;
    readonly power: PowerState;
    readonly policy?: QuitPolicy;
    readonly driver?: string;
  }[],
  isEnding: boolean,
) => {
  const power = vi.fn((_id: VmId, action: string) => action as JobId);
  const ended = vi.fn(async () => ({ phase: 'done' }));
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const rows = vms.map(({ id, power: observed, policy, driver = 'box' }) => [
    id,
    { definition: { id, driver, ...(policy ? { quitPolicy: policy } : {}) }, power: observed },
  ]);
  const state = {
    ...emptyState,
    vms: Object.fromEntries(rows) as never,
    drivers: {
      box: { capabilities: { endsWithSession: true } },
      emu: { capabilities: {} },
    } as never,
  };
  const app = {
    log: silentLogger,
    store: { getState: () => state, subscribe: () => () => undefined },
    commands: { power, jobEnded: ended },
  } as unknown as App;
  const end = createSessionEnd({
    app,
    isEnding: async () => isEnding,
    leave,
  });
  return { power, end, left, asked: () => power.mock.calls.map((call) => [...call]) };
};

describe('a signal', () => {
  it('saves, or shuts down where that is the machine’s policy, what would be cut off', async () => {
    const { end, left, asked } = world(
      [
        { id: 'a', power: 'running' },
        { id: 'b', power: 'running', policy: 'shutdown' },
        { id: 'c', power: 'paused', policy: 'shutdown' },
        { id: 'd', power: 'off' },
        { id: 'e', power: 'running', driver: 'emu' },
        { id: 'f', power: 'running', policy: 'keepRunning' },
      ],
      true,
    );
    end();
    await left;
    expect(asked()).toEqual([
      ['a', 'save'],
      ['b', 'shutdown'],
      ['c', 'save'],
      ['f', 'save'],
    ]);
  });

  it('to the manager alone disturbs no machine', async () => {
    const { end, left, power } = world([{ id: 'a', power: 'running' }], false);
    end();
    await left;
    expect(power).not.toHaveBeenCalled();
  });
});
