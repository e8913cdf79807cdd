// Makes the disk of a whole Debian guest (systemd, polkit, NetworkManager, Python) for tests of what asks for root
// rights: .cache/debian-guest/root.ext4, made again only when its recipe changes. Needs root rights, debootstrap and
// about 1 GB. The kernel is no part of it: the guest starts with the one of e2e/harness/linux/kernel.ts.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { tryAgain } from '../../../build/setup/again.mjs';
import { root as projectRoot } from '../../../build/setup/paths.mjs';
import { run } from '../../../build/setup/run.mjs';
import { SetupFailure, reportFailure, seconds, step } from '../../../build/setup/say.mjs';
import { debianMirror } from '../../vbox/provision.mjs';
import { runInside } from '../../vbox/root.mjs';

/** Raise when `build` changes without a change of what is below. */
const recipeVersion = 1;
const suite = 'bookworm';
const size = '900M';
// prettier-ignore
const packages = [
  'systemd-sysv', 'udev', 'dbus', 'libpam-systemd', 'login', 'polkitd', 'pkexec', 'network-manager',
  'python3', 'iproute2', 'iputils-ping', 'iputils-arping', 'dnsmasq-base', 'procps',
];

const files = {
  'etc/hostname': 'debian-guest\n',
  'etc/hosts': '127.0.0.1 localhost debian-guest\n',
  'etc/fstab': '',
  'etc/systemd/system/pv-agent.service': `[Unit]
Description=Agent on a serial port
After=dbus.service polkit.service NetworkManager.service
Wants=polkit.service

[Service]
ExecStart=/bin/sh /etc/pv-agent ttyS1
Environment=HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
KillMode=process

[Install]
WantedBy=multi-user.target
`,
  // Only eth1 is NetworkManager's; the others are for set-ups by hand.
  'etc/NetworkManager/conf.d/tests.conf': `[main]
plugins=keyfile
no-auto-default=*
[keyfile]
unmanaged-devices=interface-name:eth0;interface-name:eth2;interface-name:eth3;interface-name:eth4;interface-name:eth5
[connectivity]
enabled=false
`,
  'etc/systemd/journald.conf.d/tests.conf': '[Journal]\nStorage=volatile\n',
};

// ada administers the machine; mia does not. Their passwords are their names.
const script = `set -e
useradd -m -s /bin/bash -G sudo ada
useradd -m -s /bin/bash mia
printf 'ada:ada\\nmia:mia\\nroot:root\\n' | chpasswd
systemctl enable pv-agent.service NetworkManager.service
systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer \\
  e2scrub_reap.service getty@tty1.service NetworkManager-wait-online.service systemd-networkd.service \\
  systemd-networkd-wait-online.service systemd-pstore.service NetworkManager-dispatcher.service
apt-get clean
rm -rf /var/lib/apt/lists/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /var/log/*.log
`;

const cacheDir = join(projectRoot, '.cache', 'debian-guest');
const image = join(cacheDir, 'root.ext4');
const stampFile = join(cacheDir, 'stamp.json');

const recipe = createHash('sha256')
  .update(JSON.stringify({ recipeVersion, suite, size, packages, files, script }))
  .digest('hex')
  .slice(0, 16);

async function must(result, what) {
  const { code, output } = await result;
  if (code === 0) return;
  throw new SetupFailure(`${what} failed while the disk of the Debian guest was made.`, {
    details: output.slice(-4000),
  });
}

async function build(folder) {
  const tree = join(folder, 'tree');
  const mirror = debianMirror();
  const started = Date.now();
  step(`Making the disk of a Debian ${suite} guest from ${mirror ?? 'the usual mirror'}`);
  await tryAgain('debootstrap', async () => {
    rmSync(tree, { recursive: true, force: true });
    await must(
      run('debootstrap', [
        '--variant=minbase',
        `--include=${packages.join(',')}`,
        suite,
        tree,
        ...(mirror ? [mirror] : []),
      ]),
      'debootstrap',
    );
  });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  await must(runInside({ root: tree, argv: ['sh', '-c', script] }), 'Setting up');
  const disk = join(folder, 'root.ext4');
  await must(
    run('mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', tree, disk, size]),
    'mke2fs',
  );
  // Tests open it as an ordinary user, and only ever write beside it.
  chmodSync(disk, 0o644);
  rmSync(tree, { recursive: true, force: true });
  step(`Debian guest ready after ${seconds(started)}`);
  return disk;
}

function isReady() {
  return (
    existsSync(image) &&
    existsSync(stampFile) &&
    JSON.parse(readFileSync(stampFile, 'utf8')).recipe === recipe
  );
}

/** Why the disk is not there and cannot be made here, or undefined. */
export function whyNoDebianGuest() {
  if (isReady()) return undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'the Debian guest is made on Linux on x86-64';
  return process.getuid?.() === 0 ? undefined : 'the disk of the Debian guest is made by root only';
}

/** Makes the disk unless it is there; resolves to its path. A half-made one never gets this name. */
export async function provisionDebianGuest() {
  if (isReady()) return image;
  const reason = whyNoDebianGuest();
  if (reason) throw new SetupFailure(`No Debian guest to test in: ${reason}.`);
  mkdirSync(cacheDir, { recursive: true });
  for (const name of readdirSync(cacheDir).filter((entry) => entry.startsWith('making-'))) {
    if (!existsSync(`/proc/${name.slice('making-'.length)}`))
      rmSync(join(cacheDir, name), { recursive: true, force: true });
  }
  const making = join(cacheDir, `making-${process.pid}`);
  mkdirSync(making);
  try {
    const disk = await build(making);
    rmSync(stampFile, { force: true });
    renameSync(disk, image);
    writeFileSync(stampFile, `${JSON.stringify({ recipe })}\n`);
    return image;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Puts the disk into the tree of the user who runs the tests: the checkout may lie where only root can read. */
export function lendDebianGuest(disk, { cwd, uid, gid }) {
  const folder = join(cwd, '.cache', 'debian-guest');
  const lent = join(folder, 'root.ext4');
  if (existsSync(lent)) return;
  mkdirSync(folder, { recursive: true });
  for (const made of [join(cwd, '.cache'), folder]) chownSync(made, uid, gid);
  try {
    linkSync(disk, lent);
  } catch {
    // Another file system.
    copyFileSync(disk, lent);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  provisionDebianGuest().then(step, (error) => process.exit(reportFailure(error)));
}
