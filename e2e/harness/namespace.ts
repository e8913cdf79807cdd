// A network of its own, made by an ordinary user: user, network and mount namespaces in which the user is root.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

export interface Namespace {
  /** Puts an argv into the namespaces. */
  readonly prefix: readonly string[];
  /** Runs a shell line in it, as its root; resolves to what it printed, rejects when the exit code is not 0. */
  readonly must: (line: string) => Promise<string>;
  /** A further network namespace that belongs to this one. */
  readonly neighbour: () => Promise<Namespace>;
  readonly pid: number;
  /** Ends what keeps it; the programs started with `prefix` keep it too. */
  readonly dispose: () => void;
}

/** Resolves as soon as it is there: the holder prints a word from inside. */
const hold = async (argv: readonly string[]): Promise<Namespace> => {
  const [file = '', ...rest] = [...argv, 'sh', '-c', 'echo ready; exec sleep infinity'];
  const holder = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(holder, 'exit').then(([code]) => {
    throw new Error(`no namespace: ${argv.join(' ')} ended with ${String(code)}`);
  });
  failed.catch(() => undefined);
  await Promise.race([once(holder.stdout, 'data'), failed]);
  const pid = holder.pid ?? -1;
  const prefix = ['nsenter', '-U', '-n', '-m', '--preserve-credentials', '-t', `${pid}`, '--'];
  return {
    pid,
    prefix,
    must: async (line) => {
      const [first = '', ...others] = prefix;
      const { stdout } = await promisify(execFile)(first, [...others, 'sh', '-ec', line]);
      return stdout;
    },
    neighbour: () => hold([...prefix, 'unshare', '-n', '--']),
    dispose: () => void holder.kill('SIGKILL'),
  };
};

export const startNamespace = (): Promise<Namespace> =>
  hold(['unshare', '-U', '-r', '-n', '-m', '--']);
