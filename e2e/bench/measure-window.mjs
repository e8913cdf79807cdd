// The window with one running VM: a guest's change of state to the pixel, a key to the pixel in the
// console, and what the hidden window costs. The VM was started before; the window finds it running.
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron } from '@playwright/test';
import { root } from '../../build/setup/paths.mjs';
import { runWithCore } from './core-bundle.mjs';
import { switches } from './desktop-app.mjs';
import { openMonitor } from './monitor.mjs';
import { tellApart, untilDiffers, untilShows, whenStill } from './pixel-watch.mjs';
import { cpuOf } from './process-tree.mjs';
import { row } from './statistics.mjs';
import { makeWorld } from './world.mjs';

const idleMs = 30_000;

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
    const from = performance.now();
    const pressed = page.keyboard.down('x');
    // "key 0x2d x" in the guest's font is far more than 30 pixels, a cursor is less.
    const at = await untilDiffers(screen, before, box, 30);
    await pressed;
    await page.keyboard.up('x');
    if (index > 0) samples.push(at - from);
  }
  return samples;
}

/** Processor seconds of the manager's processes while its window is hidden. */
async function idleCost(app) {
  const pid = app.process().pid;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].hide());
  await sleep(3000);
  const before = cpuOf(pid);
  await sleep(idleMs);
  const used = cpuOf(pid) - before;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].show());
  return used;
}

async function measureIn(page, { app, screen, monitor, isQuick }) {
  await page.getByRole('tab', { name: 'Console' }).waitFor({ timeout: 20_000 });
  // The checks of the host come to an end, and the first pictures of the guest are there.
  await sleep(12_000);
  const pixels = await stateToPixel(screen, monitor, isQuick ? 10 : 40);
  const idle = await idleCost(app);
  const keys = await keyToPixel(screen, app, page, isQuick ? 8 : 40);
  const idleConsole = isQuick ? undefined : await idleCost(app);
  const idleRow = (where, value) =>
    row({
      what: `idle, one running VM, hidden window, ${where}`,
      unit: 's',
      samples: [value],
      digits: 2,
      limit: 0.1,
      note: 'user + system time of all processes of the manager over 30 s, QEMU not among them.',
    });
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
    idleRow('overview', idle),
    ...(idleConsole === undefined ? [] : [idleRow('console open', idleConsole)]),
  ];
}

export async function measureWindow({ screen, electron, isQuick }) {
  const world = makeWorld();
  let monitor;
  let app;
  try {
    const demo = await runWithCore('demo-machine.mjs', [], world.env);
    monitor = await openMonitor(demo.monitor);
    app = await _electron.launch({
      executablePath: electron,
      args: [...switches, root],
      env: { ...world.env, DISPLAY: screen.display },
    });
    const page = await app.firstWindow();
    return await measureIn(page, { app, screen, monitor, isQuick });
  } finally {
    monitor?.send('quit');
    app?.process().kill('SIGKILL');
    await sleep(1000);
    monitor?.close();
    world.dispose();
  }
}
