// Leaves Electron's own launcher out of the packaged program: with it any folder could be run as an app.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

export default async function afterPack({ appOutDir }) {
  for (const name of ['default_app.asar', 'app-update.yml']) {
    await rm(join(appOutDir, 'resources', name), { force: true });
  }
  // A start-up snapshot whose fuse is off.
  await rm(join(appOutDir, 'browser_v8_context_snapshot.bin'), { force: true });
}
