// The console under load and through interruptions: floods, reloads, resets, keys that belong to the guest.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { consoleWindowBytes } from '../../shared/contract/console-protocol.ts';
import { floodLine, startFloodServer } from '../fixtures/flood-server.ts';
import { expect, test, type World } from '../fixtures/world.ts';

const startDemo = async (world: World): Promise<void> => {
  await world.start();
  await world.main().tryDemo();
  await expect(world.main().stateOf('Demo')).toHaveText(/Running/);
  await world.console().expectText();
};

/** Resident memory of main in MiB, after a collection. */
const mainMemory = (world: World): Promise<number> =>
  world.electron().evaluate(() => Math.round(process.memoryUsage().rss / 1024 / 1024));

/** Everything in the scroll-back, as the person gets it with "Copy text". */
const copiedText = async (world: World): Promise<string> => {
  await world.page().getByRole('button', { name: 'Copy text' }).click();
  await expect(world.page().getByText('Copied.').first()).toBeVisible();
  return world.electron().evaluate(async ({ clipboard }) => String(await clipboard.readText()));
};

/** Stands still for this long: nothing is read, nothing is drawn. */
const freezePage = (world: World, ms: number): Promise<void> =>
  world.page().evaluate((length) => {
    const end = performance.now() + length;
    while (performance.now() < end);
  }, ms);

test('a flood into a page that stands still keeps main small and loses nothing', async ({
  world,
}) => {
  await startDemo(world);
  const guest = world.console();
  const [machine = ''] = await readdir(join(world.home, 'r/polyvisor'));
  const lines = 2_000_000;
  const flood = await startFloodServer(join(world.home, 'r/polyvisor', machine, 'serial'), lines);
  try {
    const before = await mainMemory(world);
    await guest.show('Serial');
    await guest.expectSerial(/flood \d{8}/);
    const frozen = freezePage(world, 5000);
    await world.page().waitForTimeout(3500);
    const taken = flood.takenBytes();
    await world.page().waitForTimeout(1000);
    // Nothing moves any more, far from the end: the sender waits, not main.
    expect(flood.takenBytes()).toBe(taken);
    expect(taken).toBeGreaterThan(consoleWindowBytes / 2);
    expect(taken).toBeLessThan(flood.totalBytes / 2);
    expect((await mainMemory(world)) - before).toBeLessThan(64);
    await frozen;

    await expect
      .poll(() => flood.takenBytes(), { timeout: 90_000, intervals: [500] })
      .toBe(flood.totalBytes);
    await guest.expectSerial(new RegExp(floodLine(lines - 1)));
    expect((await mainMemory(world)) - before).toBeLessThan(64);
    const kept = (await copiedText(world)).trimEnd().split('\n');
    expect(kept.length).toBeGreaterThan(9000);
    expect(kept).toEqual(kept.map((_line, at) => floodLine(lines - kept.length + at)));
  } finally {
    flood.stop();
  }
});

test('a flood of the screen does not keep keys from the guest', async ({ world }) => {
  await startDemo(world);
  const guest = world.console();
  await guest.showReady();
  await guest.type('f');
  await freezePage(world, 2000);
  await world.page().waitForTimeout(500);
  await guest.type('s');
  await guest.expectSerial(/screens \d+/);
});

test('the console comes back by itself after a reload, a reset and a restart', async ({
  world,
}) => {
  await startDemo(world);
  const guest = world.console();
  const main = world.main();

  await world.page().reload();
  await main.select('Demo');
  await main.openTab('Console');
  await guest.expectText();
  await guest.show('Both');
  // The history is there again, once.
  await guest.expectSerial(/READY/);
  expect((await guest.serialText()).match(/POLYVISOR PROBE/g)).toHaveLength(1);

  await guest.type('r');
  await guest.expectSerial(/READY[^]*POLYVISOR PROBE[^]*READY/);
  await guest.type('a');
  await guest.expectSerial(/key 0x1e a/);

  await main.act('Power off');
  await expect(world.page().getByText('Demo is off.')).toBeVisible();
  await world.page().locator('.con-empty').getByRole('button', { name: 'Start' }).click();
  await guest.expectText();
});

test('every key goes to the guest until the release key takes the keyboard back', async ({
  world,
}) => {
  await startDemo(world);
  const guest = world.console();
  const page = world.page();
  await guest.showReady();
  await expect(page.getByText('Keyboard is free.')).toBeVisible();
  await guest.screen.click();
  await expect(page.getByText('Keyboard is in the guest,')).toBeVisible();
  const ratio = await page.evaluate(() => devicePixelRatio);

  // Keys with a meaning for the window: search, new machine, close, zoom, panes, tabs, filter.
  for (const keys of ['Control+k', 'Control+n', 'Control+w', 'Control+-', 'F6', 'Alt+1', '/']) {
    await page.keyboard.press(keys);
  }
  await guest.expectSerial(/key 0x25 k[^]*key 0x31 n[^]*key 0x11 w[^]*key 0x35/);
  expect(page.isClosed()).toBe(false);
  expect(await page.evaluate(() => devicePixelRatio)).toBe(ratio);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(guest.screen).toBeVisible();

  await page.keyboard.press('ControlRight');
  await expect(page.getByText('Keyboard is free.')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');

  // The probe guest powers off on q: leaving the window's program would not.
  await guest.screen.click();
  await page.keyboard.press('Control+q');
  await expect(world.main().stateOf('Demo')).toHaveText(/Off/);
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
});

test('key combinations, scaling and the picture work from the tools', async ({ world }) => {
  await startDemo(world);
  const guest = world.console();
  const page = world.page();
  await guest.showReady();
  await page.getByRole('button', { name: 'Send keys' }).click();
  await page.getByRole('menuitem', { name: 'Alt F4', exact: true }).click();
  await guest.expectSerial(/key 0x3e/);

  await guest.show('Screen');
  const width = () => guest.screen.evaluate((canvas) => canvas.getBoundingClientRect().width);
  const ratio = await page.evaluate(() => devicePixelRatio);
  for (const [mode, expected] of [
    ['Actual pixels', 720 / ratio],
    ['Fit window', undefined],
  ] as const) {
    await page.getByRole('button', { name: /Fit window|Whole steps|Actual pixels/ }).click();
    await page.getByRole('menuitem', { name: mode }).click();
    if (expected === undefined) await expect.poll(width).toBeGreaterThan(721 / ratio);
    else await expect.poll(width).toBeCloseTo(expected, 1);
  }

  await page.getByRole('button', { name: 'Picture' }).click();
  await page.getByRole('menuitem', { name: 'Copy picture' }).click();
  await expect(page.getByText('The picture is on the clipboard.')).toBeVisible();

  await page.getByRole('button', { name: 'Full screen' }).click();
  await expect(page.locator('.con.full')).toBeVisible();
  await page.keyboard.press('ControlRight');
  await page.keyboard.press('F11');
  await expect(page.locator('.con.full')).toHaveCount(0);
});

test('text is pasted into the serial console', async ({ world }) => {
  await startDemo(world);
  await world.console().show('Serial');
  await world.console().expectSerial(/READY/);
  await world.electron().evaluate(({ clipboard }) => void clipboard.writeText('hallo'));
  await world.console().terminal.click();
  await world.page().keyboard.press('Control+Shift+V');
  await world.console().expectSerial(/READY\s+hallo/);
});
