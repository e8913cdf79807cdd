// `--demo`: boots the demo machine in a throw-away profile with the real window, proves the engine from outside
// and inside the guest, takes a picture, shuts the guest down. Exit 0 only if all of it held.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app as electron } from 'electron';
import { formatText } from '../../shared/i18n/format.ts';
import type { JobId, VmId } from '../../shared/model/brand.ts';
import { isLive } from '../../shared/model/power.ts';
import type { App } from '../app-types.ts';
import { appPaths, envBelow, type Env } from '../paths.ts';
import { writeFileAtomic } from '../persist/json-file.ts';
import { pictureOfConsole } from './demo-picture.ts';
import { judgeEngine, watchGuest } from './demo-proof.ts';
import { startDesktop, type Desktop } from './desktop.ts';

export interface DemoOptions {
  /** Where the picture of the window goes. */
  readonly screenshot: string;
  readonly env: Env;
}

/** Hosts under load are slow; a demo that takes longer than this has failed. Judgements. */
const limits = {
  checksMs: 90_000,
  readyMs: 120_000,
  pictureMs: 30_000,
  shutdownMs: 20_000,
} as const;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const within = <T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} took longer than ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
};

const finish = async (app: App, job: JobId): Promise<void> => {
  const ended = await app.commands.jobEnded(job);
  if (ended.phase === 'done') return;
  const reason = ended.error ? formatText(errorText(ended.error)) : ended.phase;
  throw new Error(`${formatText(ended.title)}: ${reason}`);
};

const errorText = (error: NonNullable<Awaited<ReturnType<App['commands']['jobEnded']>>['error']>) =>
  ({ key: `error.${error.code}.body`, params: error.params }) as const;

const shutDown = async (app: App, id: VmId): Promise<void> => {
  const job = app.commands.power(id, 'shutdown');
  try {
    await within(finish(app, job), limits.shutdownMs, 'Shutting down');
    say('The guest shut down when asked.');
  } catch (error) {
    say(`The guest was asked to shut down and did not: ${String(error)}. Its power is cut.`);
    await app.invoke('job.cancel', { id: job });
    await app.commands.jobEnded(job);
    await finish(app, app.commands.power(id, 'powerOff'));
  }
};

const cutPower = async (app: App, id: VmId | undefined): Promise<void> => {
  if (id === undefined || !isLive(app.store.getState().vms[id]?.power ?? 'off')) return;
  await app.commands.jobEnded(app.commands.power(id, 'powerOff'));
};

const titleOf = (app: App, id: VmId): string => {
  const { vms, drivers } = app.store.getState();
  const backend = vms[id]?.proof?.backend ?? vms[id]?.engine?.backend;
  const engine = backend && drivers[backend.driver]?.engines.find((e) => e.id === backend.engine);
  return engine?.title ?? 'an unknown engine';
};

const sayDecision = (app: App, id: VmId): void => {
  const decision = app.commands.decide(id);
  const reason = formatText(decision.because);
  if (decision.outcome.kind === 'none') throw new Error(`No engine can run the demo: ${reason}`);
  const { driver, engine } = decision.outcome.backend;
  say(`Decision: ${driver}/${engine}, because ${reason}`);
};

const run = async ({ app, window }: Desktop, screenshot: string, own: (id: VmId) => void) => {
  await app.ready;
  const drivers = Object.values(app.store.getState().drivers);
  const found = drivers.map(({ title, probe }) =>
    probe.kind === 'found' ? `${title} ${probe.version}` : `${title} ${probe.kind}`,
  );
  say(
    `Polyvisor ${electron.getVersion()}, Electron ${process.versions.electron}, ${found.join(', ')}`,
  );
  const guest = watchGuest(app);
  const { id, job } = await app.commands.createDemo();
  own(id);
  await finish(app, job);
  const output = await within(guest.ready(id), limits.readyMs, 'Booting the demo guest');
  sayDecision(app, id);
  say(`Time to first guest output: ${Math.round(output.firstOutputMs)} ms after the start`);
  const verdict = await judgeEngine(app, id, output.serial);
  say(`Engine from outside: ${verdict.outside}`);
  say(`Engine from inside:  ${verdict.inside}`);
  if (!verdict.agree) throw new Error('the engine seen from outside and from inside differ');
  say(`Runs on ${titleOf(app, id)}: the hypervisor and the guest agree.`);

  await within(window.show(), limits.pictureMs, 'Showing the window');
  app.send('app', 'navigate', { to: 'vm', id, tab: 'console' });
  const contents = window.get()?.webContents;
  if (!contents) throw new Error('the window was closed');
  const png = await within(
    pictureOfConsole(contents),
    limits.pictureMs,
    'Waiting for the guest’s screen in the window',
  );
  await writeFileAtomic(screenshot, png);
  say(`Picture of the window with the guest’s screen: ${screenshot}`);

  await shutDown(app, id);
  await finish(app, app.commands.remove(id, true));
};

export const runDemo = async ({ screenshot, env }: DemoOptions): Promise<void> => {
  // A profile of its own: the person's machines and settings stay out of it.
  const home = await mkdtemp(join(tmpdir(), 'pvd-'));
  const profile: Env = { ...envBelow(home, env), HOME: env['HOME'] };
  let vm: VmId | undefined;
  let isEnding = false;
  const held: { desktop?: Desktop } = {};
  const end = async (exitCode: number): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    const { desktop } = held;
    if (desktop) await cutPower(desktop.app, vm).catch(() => undefined);
    if (desktop) await desktop.dispose().catch(() => undefined);
    await rm(home, { recursive: true, force: true }).catch(() => undefined);
    electron.exit(exitCode);
  };
  const fail = (reason: string): Promise<void> => {
    process.stderr.write(`The demo failed: ${reason}\n`);
    return end(1);
  };
  const desktop = await startDesktop({
    env: profile,
    files: [],
    isInteractive: false,
    // Chromium writes until its very end, so its part stays out of the folder that is removed.
    browserDir: join(appPaths(env, '').cache, 'demo-window'),
    onSessionEnd: () => void fail('it was interrupted'),
  });
  if (!desktop) return fail('Polyvisor did not start');
  held.desktop = desktop;
  try {
    await run(desktop, screenshot, (id) => {
      vm = id;
    });
    say('Demo passed.');
    await end(0);
  } catch (error) {
    await fail(error instanceof Error ? error.message : String(error));
  }
};
