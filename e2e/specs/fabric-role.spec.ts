// The fabric in Electron, as the package runs it: without a display, found again, back after kill -9 with what it had.
import { createFabric, type FabricOwner } from '../../electron/fabric/client.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { appPaths } from '../../electron/paths.ts';
import { toNetworkId } from '../../shared/model/networks.ts';
import { electronArgs, electronBinary } from '../fixtures/electron-binary.ts';
import { eventually, isAlive, killNow } from '../fixtures/processes.ts';
import { expect, test, type World } from '../fixtures/world.ts';

const lab = toNetworkId('lab');
const managerIn = (world: World): FabricOwner => {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = world.env;
  return createFabric({
    env,
    paths: appPaths(env, ''),
    log: silentLogger,
    command: [electronBinary(), '--ozone-platform=headless', ...electronArgs('--role=fabric')],
  });
};
const pidOf = async (manager: FabricOwner): Promise<number> =>
  (await manager.call('hello', {})).pid;

test('the fabric outlives its manager, and comes back after kill -9', async ({ world }) => {
  const first = managerIn(world);
  await first.ensureRunning();
  await first.call('ensureNetwork', { id: lab });
  const pid = await pidOf(first);
  await first.dispose();
  expect(isAlive(pid)).toBe(true);

  const second = managerIn(world);
  expect(await second.findRunning()).toBe(true);
  expect(await pidOf(second)).toBe(pid);
  let hasRestarted = false;
  second.onRestart(() => (hasRestarted = true));
  killNow(pid);
  await eventually('it runs again', () => hasRestarted);
  const { networks } = await second.call('list', {});
  expect(networks).toEqual([{ id: lab }]);
  const again = await pidOf(second);
  expect(again).not.toBe(pid);

  expect(await second.endIfIdle()).toBe(false);
  await second.call('removeNetwork', { id: lab });
  expect(await second.endIfIdle()).toBe(true);
  await eventually('it ended', () => !isAlive(again));
  await second.dispose();
});
