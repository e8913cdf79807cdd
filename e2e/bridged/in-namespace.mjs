// Runs a program on a host of its own, made by an ordinary user: node in-namespace.mjs PROGRAM ARGUMENT...
// The host is user, network and mount namespaces: a network card (a veth) with a router, DHCP and names behind it, the
// privileged helper where the package puts it, and somebody to ask for an authorisation (authority.mjs). The program
// runs without any capability: only the helper can change the network. POLYVISOR_HOST names the folder with the
// answers, the questions and the leases.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allowed, startAuthority } from './authority.mjs';

const here = import.meta.dirname;
const router = '192.168.83.1';
const inside = '--inside';

/** Runs it, hands signals on, resolves to its exit code. */
async function run(argv, env = process.env) {
  const child = spawn(argv[0], argv.slice(1), { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'close');
  return code ?? 1;
}

/** What lies over /usr and /etc of this host. */
function writeLayers(folder) {
  const programs = join(folder, 'usr/lib/polyvisor');
  for (const made of [
    programs,
    ...['usr/bin', 'etc', 'sessions'].map((name) => join(folder, name)),
  ])
    mkdirSync(made, { recursive: true });
  cpSync(join(here, '../../build/linux/net-helper'), programs, { recursive: true });
  cpSync(join(here, 'pkexec'), join(folder, 'usr/bin/pkexec'));
  for (const program of [join(programs, 'polyvisor-net-helper'), join(folder, 'usr/bin/pkexec')])
    chmodSync(program, 0o755);
  chmodSync(programs, 0o755);
  writeFileSync(join(folder, 'etc/resolv.conf'), `nameserver ${router}\n`);
  writeFileSync(join(folder, 'answer'), 'refuse');
  writeFileSync(join(folder, 'asked'), '');
}

const sh = (script) =>
  execFileSync('/bin/sh', ['-ec', script], { stdio: ['ignore', 'inherit', 'inherit'] });

/** The other end of the wire: a network of its own with a router that gives addresses and answers for names. */
async function startFar(folder) {
  const script = `
    until ip link show far0 >/dev/null 2>&1; do sleep 0.1; done
    ip link set lo up; ip link set far0 up; ip address add ${router}/24 dev far0
    exec dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts --user=root --group= \\
      --interface=far0 --bind-interfaces --dhcp-leasefile=${folder}/leases --pid-file= \\
      --dhcp-range=192.168.83.100,192.168.83.150,1h`;
  const far = spawn('unshare', ['-n', '--', 'sh', '-c', `echo ready; ${script}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  far.stderr.setEncoding('utf8').on('data', (words) => (said += words));
  await once(far.stdout, 'data');
  sh(`
    ip link set lo up
    ip link add up0 type veth peer name far0 netns ${far.pid}
    ip link set up0 up
    ip address add 192.168.83.9/24 dev up0
    ip route add default via ${router}`);
  while (!said.includes('DHCP, IP range')) {
    if (far.exitCode !== null) throw new Error(`the router ended: ${said}`);
    await once(far.stderr, 'data');
  }
  return far;
}

async function runInside(folder, argv) {
  // The folders of people's sessions stay: the display may need a file there.
  sh(`
    mount -t overlay -o lowerdir=${folder}/usr:/usr overlay /usr
    mount -t overlay -o lowerdir=${folder}/etc:/etc overlay /etc
    mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys
    if [ -d /run/user ]; then mount --rbind /run/user ${folder}/sessions; fi
    mount -t tmpfs tmpfs /run
    mkdir /run/user
    mount --rbind ${folder}/sessions /run/user`);
  const far = await startFar(folder);
  const stopAuthority = await startAuthority(folder);
  try {
    // Also for whatever it starts, and for good.
    const plain = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', '--'];
    return await run([...plain, ...argv], {
      ...process.env,
      POLYVISOR_HOST: folder,
      // By default it is named by the number of the user, which is root's here.
      PWTEST_CACHE_DIR: join(folder, 'cache'),
    });
  } finally {
    stopAuthority();
    // Its timer ends with what it waits for.
    await allowed('[{"verb":"undo.all"}]');
    far.kill('SIGKILL');
  }
}

async function main([first, ...rest]) {
  if (first === inside) return runInside(rest[0], rest.slice(1));
  const folder = mkdtempSync(join(tmpdir(), 'pvh-'));
  try {
    writeLayers(folder);
    const own = [process.execPath, fileURLToPath(import.meta.url), inside, folder];
    const namespaces = ['unshare', '-U', '-r', '-n', '-m', '--'];
    return await run([...namespaces, ...own, first, ...rest]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
