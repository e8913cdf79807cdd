// From the start of the program to the list on the screen, beside a trivial app on the same runtime.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/setup/paths.mjs';
import { startApp } from './desktop-app.mjs';
import { contentPaintedAt, hasContent, watchFrames } from './painting.mjs';
import { median, row } from './statistics.mjs';
import { makeWorld } from './world.mjs';

const targetRatio = 1.6;
/** The rows of the list in the window, right of their pictures, as fractions; the trivial app's block. */
const listPart = [0.1, 0.16, 0.3, 0.4];
const trivialPart = [0, 0, 1, 0.3];

/** ms after the spawn at which the window itself says the list was painted. */
function ownMark(world, spawnedAtEpochMs) {
  const log = join(world.home, 's/polyvisor/polyvisor.log');
  if (!existsSync(log)) return undefined;
  const line = readFileSync(log, 'utf8')
    .split('\n')
    .findLast((text) => text.includes('"painted"') && text.includes('"list"'));
  const atMs = line === undefined ? 0 : JSON.parse(line).atMs;
  return atMs > spawnedAtEpochMs ? atMs - spawnedAtEpochMs : undefined;
}

async function startOnce(subject, { screen, electron }) {
  const ground = screen.grab();
  const { world, folder, part } = subject;
  const spawnedAtEpochMs = performance.timeOrigin + performance.now();
  const app = startApp({ electron, folder, env: world.env, display: screen.display });
  try {
    const frames = await watchFrames(screen, {
      ground,
      quietMs: 1500,
      limitMs: 30_000,
      isOver: app.hasEnded,
      isWhole: (seen) => hasContent(seen, ground, part),
    });
    return {
      paintedMs: contentPaintedAt(frames, ground, part) - app.startedAt,
      markMs: subject.count === undefined ? undefined : ownMark(world, spawnedAtEpochMs),
    };
  } catch (error) {
    throw new Error(`${subject.name}: ${error.message}\n${app.output()}`);
  } finally {
    await app.stop();
    await screen.untilBlank(ground);
  }
}

export async function measureLaunch({ screen, electron, isQuick, counts = [3, 100, 1000] }) {
  const rounds = isQuick ? 3 : 9;
  const trivial = {
    name: 'trivial app',
    folder: join(import.meta.dirname, 'trivial'),
    part: trivialPart,
    world: makeWorld(),
  };
  const subjects = counts.map((count) => ({
    name: `${count} VMs`,
    count,
    folder: root,
    part: listPart,
    world: makeWorld(count),
  }));
  const all = [trivial, ...subjects];
  const times = new Map(all.map((subject) => [subject, []]));
  try {
    // Round 0 warms caches and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      for (const subject of all) {
        const sample = await startOnce(subject, { screen, electron });
        if (round > 0) times.get(subject).push(sample);
      }
    }
  } finally {
    for (const { world } of all) world.dispose();
  }
  const paintedOf = (subject) => times.get(subject).map((sample) => sample.paintedMs);
  const floor = median(paintedOf(trivial));
  return [
    row({
      what: 'launch, trivial Electron app',
      unit: 'ms',
      samples: paintedOf(trivial),
      digits: 0,
    }),
    ...subjects.flatMap((subject) => [
      row({
        what: `launch to list, ${subject.name}`,
        unit: 'ms',
        samples: paintedOf(subject),
        digits: 0,
      }),
      row({
        what: `launch to list, ${subject.name}, ratio`,
        unit: '×',
        samples: paintedOf(subject).map((ms) => ms / floor),
        digits: 2,
        limit: targetRatio,
        note: 'pixels in the frame buffer, against the median of the trivial app in the same run.',
      }),
      row({
        what: `launch to list, ${subject.name}, own mark`,
        unit: 'ms',
        samples: times.get(subject).flatMap(({ markMs }) => (markMs === undefined ? [] : [markMs])),
        digits: 0,
      }),
    ]),
  ];
}
