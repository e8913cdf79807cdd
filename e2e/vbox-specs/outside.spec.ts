// What other tools do to VirtualBox shows in the window by itself: changes, states, machines started elsewhere; and
// VirtualBox's own servers may die.
import { killNow } from '../fixtures/processes.ts';
import { expect, slow, test } from '../fixtures/vbox-test.ts';

test('changes and a start from outside appear without a refresh; the adopted machine has its console', async ({
  world,
}) => {
  await world.start();
  const main = world.main();
  const page = world.page();
  const machine = await world.createOutside('Changed');
  await expect(main.stateOf('Changed')).toHaveText(/Off/, slow);
  await main.select('Changed');
  await world.vbox('modifyvm', machine.id, '--memory', '72', '--name', 'Renamed "2"');
  await expect(main.stateOf('Renamed "2"')).toHaveText(/Off/, slow);
  await expect(page.getByText('72 MiB').first()).toBeVisible(slow);

  const started = await world.startOutside(machine);
  try {
    await expect(main.stateOf('Renamed "2"')).toHaveText(/Running/, slow);
    await expect(page.locator('header.ph')).toContainText('VirtualBox, software', slow);
    await main.openTab('Console');
    await world.console().expectText();
    await world.vbox('controlvm', machine.id, 'pause');
    await expect(main.stateOf('Renamed "2"')).toHaveText(/Paused/, slow);
    await world.vbox('controlvm', machine.id, 'resume');
    await expect(main.stateOf('Renamed "2"')).toHaveText(/Running/, slow);
    await world.vbox('controlvm', machine.id, 'poweroff');
    await expect(main.stateOf('Renamed "2"')).toHaveText(/Off/, slow);
  } finally {
    started.stop();
  }
  await world.vbox('unregistervm', machine.id);
  await expect(main.row('Renamed "2"')).toHaveCount(0, slow);
});

test('the list goes on after VirtualBox’s servers were killed', async ({ world }) => {
  await world.start();
  const main = world.main();
  const first = await world.createOutside('First');
  await expect(main.stateOf('First')).toHaveText(/Off/, slow);
  for (const program of ['vboxwebsrv', 'VBoxSVC']) {
    await expect.poll(() => world.pidsOf(program).length, slow).toBeGreaterThan(0);
    for (const pid of world.pidsOf(program)) killNow(pid);
    const name = `After ${program}`;
    await expect
      .poll(() => world.vbox('modifyvm', first.id, '--name', name).then(() => true, String), slow)
      .toBe(true);
    await expect(main.stateOf(name)).toHaveText(/Off/, slow);
  }
});
