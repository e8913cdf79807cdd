// The window with one running VM: a guest's change of state to the pixel, a key to the pixel in the
// console, and what the hidden window costs. The VM was started before; the window finds it running.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron } from '@playwright/test';
import { root } from '../../build/setup/paths.mjs';
import { runWithCore } from './core-bundle.mjs';
import { startApp, switches } from './desktop-app.mjs';
import { openMonitor } from './monitor.mjs';
import { tellApart, untilDiffers, untilShows, whenStill } from './pixel-watch.mjs';
import { cpuOf } from './process-tree.mjs';
import { row } from './statistics.mjs';
import { makeWorld } from './world.mjs';

const idleMs = 30_000;
const settleMs = 12_000;

async function stateToPixel(screen, monitor, count) {
  const show = async (state) => {
    const event = monitor.nextEvent(state === 0 ? 'RESUME' : 'STOP');
    monitor.send(state === 0 ? 'cont' : 'stop');
    await event;
  };
  await show(1);
  const apart = await tellApart(screen, show);
  const samples = [];
  for (let index = 0; index < count; index += 1) {
    const state = index % 2;
    // The guest shows `1 - state` now: tellApart ended with 1. Uneven pauses meet all phases of a frame.
    await sleep(300 + (index % 7) * 5);
    const from = performance.now();
    monitor.send(state === 0 ? 'cont' : 'stop');
    samples.push((await untilShows(screen, apart, state)) - from);
  }
  monitor.send('cont');
  return samples;
}

/** Where an element is on the display. */
async function boxOf(app, page, selector) {
  const origin = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0].getContentBounds(),
  );
  const box = await page.locator(selector).first().boundingBox();
  return {
    left: Math.ceil(origin.x + box.x),
    top: Math.ceil(origin.y + box.y),
    right: Math.floor(origin.x + box.x + box.width),
    bottom: Math.floor(origin.y + box.y + box.height),
  };
}

async function keyToPixel(screen, app, page, count) {
  await page.getByRole('tab', { name: 'Console' }).click();
  await page.locator('canvas').first().click();
  await sleep(1500);
  const box = await boxOf(app, page, 'canvas');
  const samples = [];
  for (let index = 0; index <= count; index += 1) {
    const before = await whenStill(screen, { ...box, quietMs: 120 });
    if (before === undefined) throw new Error('the guest’s screen does not stand still');
    // Letters that mean nothing to the guest, each other than the last: a full screen scrolls by a line.
    const key = 'xyz'[index % 3];
    const from = performance.now();
    const pressed = page.keyboard.down(key);
    // "key 0x2d x" in the guest's font is far more than 30 pixels, a cursor is less.
    const at = await untilDiffers(screen, before, box, 30);
    await pressed;
    await page.keyboard.up(key);
    if (index > 0) samples.push(at - from);
  }
  return samples;
}

/** Processor seconds of the manager's processes while its window is hidden on the given tab. */
async function idleCost(world, { screen, electron, tab }) {
  const app = startApp({
    electron,
    folder: root,
    env: { ...world.env, BENCH_TAB: tab },
    display: screen.display,
    before: ['-r', join(import.meta.dirname, 'window-hider.cjs')],
  });
  try {
    // The checks of the host come to an end, and the first pictures of the guest are there.
    await sleep(settleMs);
    process.kill(app.pid, 'SIGUSR2');
    await sleep(8000);
    if (app.hasEnded()) throw new Error(`the app ended\n${app.output()}`);
    const before = cpuOf(app.pid);
    await sleep(idleMs);
    return cpuOf(app.pid) - before;
  } finally {
    await app.stop();
  }
}

async function measureIn(page, { app, screen, monitor, isQuick }) {
  await page.getByRole('tab', { name: 'Console' }).waitFor({ timeout: 20_000 });
  await sleep(settleMs);
  const pixels = await stateToPixel(screen, monitor, isQuick ? 10 : 40);
  const keys = await keyToPixel(screen, app, page, isQuick ? 8 : 40);
  return [
    row({
      what: 'guest state change to pixel',
      unit: 'ms',
      samples: pixels,
      limit: 50,
      note: 'from sending stop or cont on a second monitor to the changed pixels in the frame buffer.',
    }),
    row({
      what: 'key to pixel in the console',
      unit: 'ms',
      samples: keys,
      note: 'from the key event handed to the window, through the guest, which prints it, to the frame buffer.',
    }),
  ];
}

async function idleRow(tab, context, rounds) {
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    samples.push(await idleCost(context.world, { ...context, tab }));
  }
  return row({
    what: `idle 30 s, one running VM, hidden window (${tab})`,
    unit: 's',
    samples,
    digits: 2,
    limit: 0.1,
    note: 'user + system time of all processes of the manager, QEMU not among them.',
  });
}

export async function measureWindow({ screen, electron, isQuick }) {
  const world = makeWorld();
  let monitor;
  let manager;
  try {
    const demo = await runWithCore('demo-machine.mjs', [], world.env);
    monitor = await openMonitor(demo.monitor);
    const app = await _electron.launch({
      executablePath: electron,
      args: [...switches, root],
      env: { ...world.env, DISPLAY: screen.display },
    });
    manager = app.process();
    const ended = new Promise((done) => manager.once('exit', done));
    const page = await app.firstWindow();
    const rows = await measureIn(page, { app, screen, monitor, isQuick });
    manager.kill('SIGKILL');
    await ended;
    const context = { world, screen, electron };
    rows.push(await idleRow('Overview', context, isQuick ? 1 : 3));
    rows.push(await idleRow('Console', context, 1));
    return rows;
  } finally {
    monitor?.send('quit');
    manager?.kill('SIGKILL');
    await sleep(1000);
    monitor?.close();
    world.dispose();
  }
}
