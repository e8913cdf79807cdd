// What a defined VM costs in memory: the process tree with 3 and with 1000 of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../build/setup/paths.mjs';
import { join } from 'node:path';
import { startApp } from './desktop-app.mjs';
import { memoryOf } from './process-tree.mjs';
import { row } from './statistics.mjs';
import { makeWorld } from './world.mjs';

const afterMs = 12_000;
const [few, many] = [3, 1000];

async function memoryAfterStart(subject, { screen, electron }) {
  const { folder, world } = subject;
  const app = startApp({ electron, folder, env: world.env, display: screen.display });
  try {
    await sleep(afterMs);
    if (app.hasEnded()) throw new Error(`the app ended\n${app.output()}`);
    return memoryOf(app.pid);
  } finally {
    await app.stop();
  }
}

export async function measureMemory({ screen, electron, isQuick }) {
  const subjects = [
    { folder: join(import.meta.dirname, 'trivial'), world: makeWorld() },
    { folder: root, world: makeWorld(few) },
    { folder: root, world: makeWorld(many) },
  ];
  const used = subjects.map(() => []);
  try {
    for (let round = 0; round < (isQuick ? 1 : 3); round += 1) {
      for (const [index, subject] of subjects.entries()) {
        used[index].push(await memoryAfterStart(subject, { screen, electron }));
      }
    }
  } finally {
    for (const { world } of subjects) world.dispose();
  }
  const [trivial, small, large] = used;
  const growth = large.map(({ own }, index) => ((own - small[index].own) * 1000) / (many - few));
  const memory = (what, samples) =>
    row({ what, unit: 'MiB', samples: samples.map(({ all }) => all), digits: 0 });
  return [
    memory('memory, trivial Electron app', trivial),
    memory(`memory, ${few} VMs`, small),
    memory(`memory, ${many} VMs`, large),
    row({
      what: 'memory per 1000 VMs',
      unit: 'MiB',
      samples: growth,
      limit: 20,
      note: `anonymous PSS of all processes ${afterMs / 1000} s after the start; ${many} VMs less ${few} VMs.`,
    }),
  ];
}
