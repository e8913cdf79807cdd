// VirtualBox's machines in the core without a window: the list of 100, and a change from outside until the store
// knows it. Runs where the tests of VirtualBox run; where that is nowhere, there are no rows.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root as project } from '../../build/setup/paths.mjs';
import { notice } from '../../build/setup/say.mjs';
import { virtualBoxPlace } from '../vbox/place.mjs';
import { provision } from '../vbox/provision.mjs';
import { enterArgv } from '../vbox/root.mjs';
import { buildWithCore } from './core-bundle.mjs';
import { row } from './statistics.mjs';

const machines = 100;
/** Any number that is no user of the host. */
const plainUser = 4242;
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

async function argvIn(place, counts) {
  const script = 'vbox-bench.mjs';
  if (place.kind === 'host') return buildWithCore(script, counts);
  const argv = await buildWithCore(script, counts, 'node');
  const { root } = await provision();
  const [uid, gid] = [plainUser, plainUser];
  return enterArgv({ root, argv, binds: [project], uid, gid, cwd: project, hasOwnNetwork: true });
}

export async function measureVirtualBox({ isQuick }) {
  const place = virtualBoxPlace();
  if (place.kind === 'none') {
    notice(`VirtualBox is not measured: ${place.reason}`);
    return [];
  }
  const counts = [String(machines), ...(isQuick ? ['3', '10'] : ['5', '40'])];
  const [file, ...args] = await argvIn(place, counts);
  const home = mkdtempSync(join(tmpdir(), 'vbb-'));
  const env = { PATH: systemPath, LANG: 'C.UTF-8', HOME: place.kind === 'host' ? home : '/tmp' };
  const { stdout, stderr, status } = spawnSync(file, args, {
    env,
    encoding: 'utf8',
    timeout: 900_000,
  });
  rmSync(home, { recursive: true, force: true });
  if (status !== 0) throw new Error(`the measurement of VirtualBox failed: ${stderr.slice(-2000)}`);
  const { lists, commands, afterCommand, fromSpawn } = JSON.parse(stdout);
  return [
    row({
      what: `${machines} VirtualBox machines: start of the core to complete list`,
      unit: 'ms',
      samples: lists,
      limit: 2000,
      note: 'with VBoxSVC not running yet; the program’s own start (see “launch to list”) comes on top.',
    }),
    row({
      what: 'VBoxManage modifyvm alone, spawn to exit',
      unit: 'ms',
      samples: commands,
    }),
    row({
      what: 'the same change, spawn of VBoxManage to store',
      unit: 'ms',
      samples: fromSpawn,
    }),
    row({
      what: 'VirtualBox change from outside to store',
      unit: 'ms',
      samples: afterCommand,
      limit: 100,
      note: 'from the exit of VBoxManage; below zero: known before VBoxManage had ended.',
    }),
  ];
}
