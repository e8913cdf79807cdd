// kill -9 of a busy manager at random moments (during start, save, restore, QMP handshake), over and over.
// After each: every VM is found again in a true state, none has booted twice, no process is left over.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import { vmFiles } from './files.ts';
import { argvOf } from '../../process/processes.ts';
import { connectQmp, queryStatus } from './qmp.ts';
import { createWorld, type World } from './testing/world.ts';

/** POLYVISOR_KILLS: fewer for a quick look. */
const kills = Number(process.env['POLYVISOR_KILLS'] ?? 100);
/** Lives end at random within this, or within a few times what adopting takes here and now. */
const shortestSpanMs = 500;
const adoptionsPerSpan = 4;
/** A slow machine does what it can in this time, and a quarter of the kills in any case. */
const enoughMs = 300_000;

let world: World;
let definitions: readonly VmDefinition[];
let program: string;

beforeAll(async () => {
  world = await createWorld();
  definitions = [world.define(), world.define(), world.define()];
  writeFileSync(join(world.root, 'vms.json'), JSON.stringify(definitions));
  program = join(world.root, 'busy-manager.mjs');
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'testing', 'busy-manager.ts'),
      outDir: world.root,
      target: 'node20',
      emptyOutDir: false,
      rollupOptions: { output: { format: 'es', entryFileNames: 'busy-manager.mjs' } },
    },
  });
});
afterAll(async () => {
  await world.end();
});

interface Life {
  readonly output: string;
  readonly hasAdopted: boolean;
  /** From loaded to adopted; absent when it was killed before. */
  readonly adoptedAfterMs: number | undefined;
}

/** Runs a manager and kills it `lifeMs` after its program was loaded. */
const runAndKill = (lifeMs: number): Promise<Life> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, world.root, join(world.root, 'vms.json')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: process.env,
    });
    let output = '';
    let loadedAt = 0;
    let adoptedAfterMs: number | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') {
        loadedAt = performance.now();
        setTimeout(() => child.kill('SIGKILL'), lifeMs);
      }
      output += text;
      if (output.includes('ADOPTED')) adoptedAfterMs ??= performance.now() - loadedAt;
    });
    child.on('error', reject);
    child.on('exit', () =>
      resolve({ output, hasAdopted: adoptedAfterMs !== undefined, adoptedAfterMs }),
    );
  });

const processesHere = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => argvOf(pid).some((word) => word.startsWith(`${world.ctx.paths.state}/vms/`)));

/** The second control socket answers what the guest really does. */
const statusOf = async (definition: VmDefinition): Promise<string> => {
  const qmp = await connectQmp(vmFiles(world.ctx.paths, definition.id).qmp2, 'witness');
  try {
    return await queryStatus(qmp);
  } finally {
    qmp.dispose();
  }
};

/** What QEMU answers for a VM the manager calls running or paused. */
const statusFor: Readonly<Partial<Record<PowerState, readonly string[]>>> = {
  running: ['running'],
  paused: ['paused', 'postmigrate'],
};

const bootsOf = (definition: VmDefinition): number => {
  const { serialLog } = vmFiles(world.ctx.paths, definition.id);
  const text = existsSync(serialLog) ? readFileSync(serialLog, 'latin1') : '';
  return text.match(/POLYVISOR PROBE 1/g)?.length ?? 0;
};

it(`${kills} kills lose no VM and leave no wrong state`, { timeout: 900_000 }, async () => {
  const started = new Set<string>();
  const bootsBefore = new Map<string, number>();
  const seen = new Map<PowerState | undefined, number>();
  let adopted = 0;
  let spanMs = shortestSpanMs;
  const began = performance.now();
  const isOver = (round: number): boolean =>
    round >= kills || (round >= kills / 4 && performance.now() - began > enoughMs);
  let rounds = 0;
  for (let round = 0; !isOver(round); round++) {
    rounds += 1;
    const life = await runAndKill(Math.random() * spanMs);
    if (life.hasAdopted) adopted++;
    // A loaded machine adopts slowly; the kills are to hit busy managers there too.
    if (life.adoptedAfterMs !== undefined) {
      spanMs = Math.max(shortestSpanMs, adoptionsPerSpan * life.adoptedAfterMs);
    } else if (adopted < round / 3) spanMs *= 1.5;
    expect(life.output).not.toContain('FAILED');
    const manager = await world.reopen();
    await manager.session.adopt(definitions);
    for (const definition of definitions) {
      // The last command of the killed manager may still be on its way through the socket: QEMU runs it, and says
      // so to the new manager. The two have to come to agree.
      await expect
        .poll(
          async () => {
            const wanted = statusFor[manager.powerOf(definition.id) ?? 'off'];
            return wanted === undefined || wanted.includes(await statusOf(definition));
          },
          { timeout: 90_000, interval: 20 },
        )
        .toBe(true);
      const power = manager.powerOf(definition.id);
      const where = `round ${round}, ${definition.name}: ${JSON.stringify(manager.events)}`;
      seen.set(power, (seen.get(power) ?? 0) + 1);
      if (power !== 'off') started.add(definition.id);
      // Nobody switched any VM off.
      const possible = started.has(definition.id) ? ['running', 'paused', 'saved'] : ['off'];
      expect(possible, where).toContain(power);
      const boots = bootsOf(definition) - (bootsBefore.get(definition.id) ?? 0);
      expect(boots, where).toBeLessThanOrEqual(1);
    }
    // One of them starts from cold in the next round, so that starts are hit as often as saves.
    const cold = definitions[round % definitions.length]!;
    if (manager.powerOf(cold.id) === 'saved') await manager.session.savedState?.discard(cold.id);
    else await manager.session.powerOff(cold.id);
    expect(manager.powerOf(cold.id)).toBe('off');
    started.delete(cold.id);
    bootsBefore.set(cold.id, bootsOf(cold));
    const live = definitions.filter((row) => /running|paused/.test(manager.powerOf(row.id) ?? ''));
    await manager.session.dispose();
    await expect.poll(processesHere, { timeout: 90_000 }).toHaveLength(live.length);
  }
  // The kills must have hit more than managers that were still loading.
  expect(adopted).toBeGreaterThan(rounds / 4);
  expect(seen.get('running')).toBeGreaterThan(rounds / 4);
  expect(seen.get('saved')).toBeGreaterThan(rounds / 30);
  console.log(`kills: ${rounds}, after adoption: ${adopted}, states: ${JSON.stringify([...seen])}`);
});
