// Where the tests of VirtualBox run: on this host if its VirtualBox is the kind they are about, else inside the
// provisioned Debian root, else nowhere, with the reason.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { whyNotProvisioned } from './provision.mjs';
import { enterArgv } from './root.mjs';

const libraries = ['/usr/lib/virtualbox', '/opt/VirtualBox'];

/** Why the VirtualBox in `library` is not one these tests may use, or undefined. */
function whyNotHere(library) {
  // No home is touched by this question.
  const { stdout } = spawnSync(join(library, 'VBoxManage'), ['--version'], { encoding: 'utf8' });
  if (!/^[7-9]\./m.test(stdout ?? '')) return 'the installed VirtualBox is older than 7.0';
  if (existsSync('/dev/vboxdrv'))
    return 'vboxdrv is loaded here, and the tests are about a host without it';
  if (!existsSync(join(library, 'ExtensionPacks', 'VNC')))
    return 'the installed VirtualBox has no VNC extension pack';
  return undefined;
}

/** {kind: 'host'}, {kind: 'root'} for the provisioned root, or {kind: 'none', reason}. */
export function virtualBoxPlace() {
  const library = libraries.find((folder) => existsSync(join(folder, 'VBoxManage')));
  const reason = library ? whyNotHere(library) : 'VirtualBox is not installed';
  if (reason === undefined) return { kind: 'host' };
  const obstacle = whyNotProvisioned();
  return obstacle ? { kind: 'none', reason: `${reason}, and ${obstacle}` } : { kind: 'root' };
}

/** The test user inside the root: what run-stage.mjs needs to run a stage there. */
export function userInside(root, user) {
  const { uid, gid, base, runtime, cwd } = user;
  return {
    // prettier-ignore
    prefix: enterArgv({ root, argv: [], binds: [base, runtime], uid, gid, cwd, hasOwnNetwork: true }),
    node: 'node',
    cwd,
    scratch: base,
    env: {
      ...user.env,
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      TMPDIR: '/tmp',
    },
  };
}
