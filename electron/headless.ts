// The core without a window, for plain Node: `node headless.mjs kvm-check | decide | demo`. JSON lines on stdout.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createApp } from './app.ts';
import type { App } from './app-types.ts';
import { noShell } from './ipc/shell-port.ts';
import { silentLogger, createFileLogger } from './log/logger.ts';
import { appPaths, envBelow } from './paths.ts';

const print = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

const kvmCheck = async (app: App): Promise<number> => {
  await app.enginesKnown;
  const { checks, engines } = app.store.getState();
  print({ kind: 'engines', engines: Object.values(engines) });
  print({ kind: 'kvm', check: checks['kvm.speed'] });
  return 0;
};

const startLimitMs = 90_000;
const limitMs = 200_000;

/** Creates the demo VM, waits for its READY on the serial port, prints decision and both proofs, removes it. */
const demo = async (app: App): Promise<number> => {
  await app.enginesKnown;
  const startedAt = performance.now();
  const { id, job } = await app.commands.createDemo();
  const created = await app.commands.jobEnded(job);
  if (created.phase !== 'done') {
    print({ kind: 'failed', error: created.error });
    return 1;
  }
  print({ kind: 'decision', decision: app.commands.decide(id) });
  await new Promise<void>((done, fail) => {
    const look = (): void => {
      const vm = app.store.getState().vms[id];
      if (vm?.problem) fail(new Error(JSON.stringify(vm.problem)));
      else if (vm?.proof && vm.power === 'running') done();
      else return;
      stop();
    };
    const stop = app.store.subscribe(look);
    const report = (): string => JSON.stringify(app.store.getState().vms[id]);
    setTimeout(() => fail(new Error(`no proof in time: ${report()}`)), startLimitMs).unref();
    look();
  });
  let serial = '';
  const deadline = performance.now() + 120_000;
  const session = await app.invoke('vm.log', { id });
  while (!serial.includes('READY') && performance.now() < deadline) {
    await new Promise((wake) => setTimeout(wake, 50));
    serial = Buffer.from(await app.commands.serialHistory(id)).toString('latin1');
  }
  const vm = app.store.getState().vms[id];
  const isReady = serial.includes('READY');
  print({ kind: 'demo', isReady, ms: performance.now() - startedAt, proof: vm?.proof, serial });
  if (!isReady) print({ kind: 'log', session });
  await app.commands.jobEnded(app.commands.power(id, 'powerOff'));
  await app.commands.jobEnded(app.commands.remove(id, true));
  return isReady ? 0 : 1;
};

const main = async (): Promise<number> => {
  const command = process.argv[2] ?? '';
  if (command !== 'kvm-check' && command !== 'demo') {
    process.stderr.write('usage: headless.mjs kvm-check|demo [resources]\n');
    return 2;
  }
  const home = await mkdtemp(join(tmpdir(), 'pv-'));
  const env = envBelow(home, process.env);
  const resources = resolve(process.argv[3] ?? 'out');
  const log = process.env['POLYVISOR_LOG']
    ? createFileLogger(process.env['POLYVISOR_LOG'])
    : silentLogger;
  const app = createApp({ paths: appPaths(env, resources), log, shell: noShell, env });
  // VMs are let go of (unreferenced): without a timer Node would end while we still wait for one. It also
  // ends a command that never would, and tells where it stood.
  const watchdog = setTimeout(() => {
    const { jobs, vms } = app.store.getState();
    process.stderr.write(`no end in ${limitMs} ms: ${JSON.stringify({ jobs, vms })}\n`);
    process.exit(1);
  }, limitMs);
  try {
    await app.ready;
    return command === 'demo' ? await demo(app) : await kvmCheck(app);
  } finally {
    await app.dispose();
    clearTimeout(watchdog);
    await rm(home, { recursive: true, force: true });
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
