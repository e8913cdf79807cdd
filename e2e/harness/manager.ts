// Starts the composed application as a process of its own (manager-process.ts), asks it, and kills it.
import { fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import type { JobId } from '../../shared/model/brand.ts';
import type { Job } from '../../shared/model/job.ts';
import type { Result } from '../../shared/contract/define.ts';
import type { AppState } from '../../shared/state/app-state.ts';

type Ask =
  | { readonly kind: 'invoke'; readonly channel: string; readonly args: unknown }
  | { readonly kind: 'job'; readonly job: JobId }
  | { readonly kind: 'state' };
export type Question = Ask & { readonly id: number };
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface ManagerProcess {
  readonly invoke: (channel: string, args: unknown) => Promise<Result>;
  /** Resolves when the job ended (any phase). */
  readonly jobEnded: (job: JobId) => Promise<Job>;
  readonly state: () => Promise<AppState>;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** `folder`: for the program. Resolves when its drivers and engines are known; the answers' types are its word. */
export const startManager = async (
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ManagerProcess> => {
  const name = 'manager.mjs';
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'manager-process.ts'),
      outDir: folder,
      target: 'node20',
      emptyOutDir: false,
      rollupOptions: { output: { format: 'es', entryFileNames: name } },
    },
  });
  const resources = resolve(import.meta.dirname, '..', '..', 'out');
  const child = fork(join(folder, name), [resources], {
    env: { ...env },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  let isGone = false;
  const gone = new Promise<void>((done) => {
    child.once('exit', () => {
      isGone = true;
      for (const [id, tell] of waiting) tell({ id, error: 'the manager is gone' });
      done();
    });
  });
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const answered = (id: number): Promise<unknown> =>
    new Promise((done, fail) => {
      if (isGone) return fail(new Error('the manager is gone'));
      waiting.set(id, ({ value, error }) => {
        if (error === undefined) done(value);
        else fail(new Error(error));
      });
    });
  let asked = 0;
  const ask = (question: Ask): Promise<unknown> => {
    const id = (asked += 1);
    const answer = answered(id);
    child.send({ ...question, id });
    return answer;
  };
  await answered(0);
  return {
    invoke: async (channel, args) => (await ask({ kind: 'invoke', channel, args })) as Result,
    jobEnded: async (job) => (await ask({ kind: 'job', job })) as Job,
    state: async () => (await ask({ kind: 'state' })) as AppState,
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
};
