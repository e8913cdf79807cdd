// Runs dnsmasq in the namespace and starts it again when it dies: its leases are in a file, so nobody notices. Only when
// it keeps dying is the service end given up.
import type { Child, Children } from './children.ts';
import { endReason, waitWhileRunning } from './common.ts';

const maxRestarts = 5;
const restartWindowMs = 60_000;
const restartPauseMs = 200;

export interface DnsmasqOptions {
  readonly children: Children;
  readonly enter: readonly string[];
  readonly program: string;
  readonly config: string;
  readonly isOver: () => boolean;
  readonly onLost: (reason: string) => void;
}

/** Resolves when it answers. Rejects with what it said. */
export const superviseDnsmasq = async (
  options: DnsmasqOptions,
): Promise<{ readonly reload: () => void }> => {
  const { children, enter, program, config } = options;
  let current: Child | undefined;
  let isStale = false;
  let ends: readonly number[] = [];
  const start = async (): Promise<void> => {
    const child = children.start({
      name: 'dnsmasq',
      enter,
      // In a namespace with one user it cannot become another, which it tries unless it stays in the foreground.
      argv: [program, '--no-daemon', `--conf-file=${config}`],
    });
    await waitWhileRunning(child, () => / started, version /.test(child.stderr()));
    current = child;
    if (isStale) child.signal('SIGHUP');
    isStale = false;
    void child.exited.then(async (ended) => {
      current = undefined;
      if (options.isOver()) return;
      const now = Date.now();
      ends = [...ends.filter((at) => now - at < restartWindowMs), now];
      const reason = endReason(ended);
      if (ends.length > maxRestarts) {
        options.onLost(reason);
        return;
      }
      await new Promise((done) => setTimeout(done, restartPauseMs));
      if (options.isOver()) return;
      await start().catch((error: unknown) => {
        options.onLost(error instanceof Error ? error.message : reason);
      });
    });
  };
  await start();
  return {
    reload: () => {
      // On its way it has no handler yet: the signal would end it.
      if (current) current.signal('SIGHUP');
      else isStale = true;
    },
  };
};
