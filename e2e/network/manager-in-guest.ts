// Starts the manager's side of changes to the host inside the Debian guest, from a person's terminal, and gives orders.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'vite';
import type { Person } from '../harness/debian/debian-guest.ts';
import type { CpioEntry } from '../harness/linux/cpio.ts';
import { withLibraries } from '../harness/linux/host-in-guest.ts';
import type { LinuxGuest } from '../harness/linux/linux-guest.ts';
import type { Order } from './guest-manager.ts';

export interface Answer {
  readonly result?: unknown;
  /** Code of the failure. */
  readonly error?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface GuestManager {
  readonly pid: number;
  /** What it said when it had read its journal. */
  readonly greeting: Answer;
  readonly order: (order: Order) => Promise<Answer>;
}

const hostRoot = '/opt/host';
const program = '/opt/manager/guest-manager.mjs';

/** Node with its own libraries beside the guest's, and the bundled manager. */
export const managerFiles = async (): Promise<{
  readonly installed: readonly CpioEntry[];
  /** Start of the line that runs it. */
  readonly command: string;
}> => {
  const entries = await withLibraries(process.execPath);
  const loader = entries.find(({ path }) => /\/ld-linux[^/]*$/.test(path))?.path ?? '';
  const folders = [...new Set(entries.slice(1).map(({ path }) => hostRoot + dirname(path)))];
  const folder = await mkdtemp(join(tmpdir(), 'pvm-'));
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: true,
      target: 'node18',
      rollupOptions: {
        input: join(import.meta.dirname, 'guest-manager.ts'),
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  process.once('exit', () => void rm(folder, { recursive: true, force: true }));
  const bundle = (await readdir(folder)).map((name): CpioEntry => ({
    kind: 'file',
    path: join(dirname(program), name),
    from: join(folder, name),
    mode: 0o644,
  }));
  return {
    installed: [...entries.map((entry) => ({ ...entry, path: hostRoot + entry.path })), ...bundle],
    command: `${hostRoot}${loader} --library-path ${folders.join(':')} ${hostRoot}${process.execPath} ${program}`,
  };
};

const home = '/home/mia';

/** `person` is mia, at a prompt. Two after one another have the same journal. */
export const startManager = async (
  guest: LinuxGuest,
  person: Person,
  command: string,
): Promise<GuestManager> => {
  const [orders, answers] = [`${home}/orders`, `${home}/answers`];
  const run = `tail -n +1 -f ${orders} | ${command} ${home}/state >${answers} 2>&1 & echo manager $!`;
  // The answers of the one before are gone before anybody looks.
  person.type(`: >${orders}; : >${answers}; ${run}`);
  const pid = Number(/manager (\d+)/.exec(await person.sees(/^manager \d+\r?\n/m))?.[1]);
  let given = 0;
  const next = async (): Promise<Answer> => {
    given += 1;
    for (const until = Date.now() + 150_000; Date.now() < until; await delay(300)) {
      const line = await guest.must(`sed -n ${given}p ${answers}`);
      if (line.endsWith('\n')) return JSON.parse(line) as Answer;
    }
    throw new Error(`no answer ${given} in:\n${await guest.must(`cat ${answers}`)}`);
  };
  return {
    pid,
    greeting: await next(),
    order: async (order) => {
      const words = Buffer.from(`${JSON.stringify(order)}\n`).toString('base64');
      await guest.must(`echo ${words} | base64 -d >>${orders}`);
      return next();
    },
  };
};
