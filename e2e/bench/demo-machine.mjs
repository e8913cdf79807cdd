// Boots the demo VM with the core in plain Node and leaves it running, for a window to find.
// argv: resources. Prints {id, monitor}: the path of the second monitor socket.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { finish, runtimeOf, untilState, withCore } from './core-tools.mjs';

await withCore(process.argv[2], async (app) => {
  const { id, job } = await app.commands.createDemo();
  await finish(app, job);
  await untilState(app, ({ vms }) => vms[id]?.power === 'running' && vms[id].proof !== undefined);
  const deadline = performance.now() + 60_000;
  let serial = '';
  while (!serial.includes('READY')) {
    if (performance.now() > deadline) throw new Error('the demo guest did not get READY');
    await sleep(50);
    serial = Buffer.from(await app.commands.serialHistory(id)).toString('latin1');
  }
  return { id, monitor: join(runtimeOf(app, id), 'qmp2') };
});
