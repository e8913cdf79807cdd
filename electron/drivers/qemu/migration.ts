// QEMU's migration as a way to write and read a guest's state: waits for its end by events, asks once first.
import type { QmpClient } from './qmp.ts';

const ended = new Set(['completed', 'failed', 'cancelled']);

interface MigrationInfo {
  readonly status: string | undefined;
  readonly error: string | undefined;
  /** 0..1, null = not known. */
  readonly fraction: number | null;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;

export const queryMigration = async (qmp: QmpClient): Promise<MigrationInfo> => {
  const info = await qmp.execute('query-migrate');
  const status = field(info, 'status');
  const error = field(info, 'error-desc');
  const ram = field(info, 'ram');
  const total = Number(field(ram, 'total') ?? 0);
  const remaining = Number(field(ram, 'remaining') ?? 0);
  return {
    status: typeof status === 'string' && status !== 'none' ? status : undefined,
    error: typeof error === 'string' ? error : undefined,
    fraction: total > 0 ? Math.min(1, Math.max(0, 1 - remaining / total)) : null,
  };
};

/** MIGRATION events are off by default. */
export const enableMigrationEvents = (qmp: QmpClient): Promise<unknown> =>
  qmp.execute('migrate-set-capabilities', {
    capabilities: [{ capability: 'events', state: true }],
  });

/** Resolves with the final status ("completed", "failed", "cancelled"), or "closed" when QEMU went away. */
export const migrationEnd = (qmp: QmpClient): Promise<string> =>
  new Promise((resolve) => {
    const settle = (status: string): void => {
      undo();
      resolve(status);
    };
    const undo = qmp.onEvent(({ event, data }) => {
      const status = String(data['status']);
      if (event === 'MIGRATION' && ended.has(status)) settle(status);
    });
    void qmp.closed.then(() => settle('closed'));
    // It may have ended before we listened. A failing question means the socket closes: see above.
    queryMigration(qmp)
      .then(({ status }) => {
        if (status !== undefined && ended.has(status)) settle(status);
      })
      .catch(() => undefined);
  });
