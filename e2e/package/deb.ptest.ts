// The .deb from the outside, as root on a Debian machine: build, install, look, run as an ordinary user, remove.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../fixtures/processes.ts';
import { dependencyClosure, loadedLibraries, packagesOf } from './dependencies.ts';
import {
  descendants,
  makeOrdinaryUser,
  must,
  projectRoot,
  run,
  startAs,
  startDisplay,
  type Display,
  type OrdinaryUser,
} from './host.ts';

const program = '/opt/Polyvisor/polyvisor';
const resources = '/opt/Polyvisor/resources';
const netHelper = '/usr/lib/polyvisor/polyvisor-net-helper';
/** Made before the removal, which takes it along. */
const bridge = 'pvremoved0';
const asar = join(resources, 'app.asar');

/** The wire holds the digits `0` and `1`. */
const fuseState = { off: '0'.charCodeAt(0), on: '1'.charCodeAt(0) };

let out: string;
let file: string;
let isUnofficial: boolean;
let installed: readonly string[];
let user: OrdinaryUser;
let display: Display;

const isInstalled = (): boolean =>
  run('dpkg-query', ['--show', '--showformat=${db:Status-Status}', 'polyvisor']).stdout ===
  'installed';

beforeAll(async () => {
  if (isInstalled()) throw new Error('Polyvisor is installed here: remove it before this test.');
  out = mkdtempSync(join(tmpdir(), 'pv-deb-'));
  const script = join(projectRoot, 'build/package.mjs');
  const built = run(process.execPath, [script, `--out=${out}`, '--ci-unofficial-runtime']);
  expect(built.code, `${built.stdout}${built.stderr}`).toBe(0);
  const [name = ''] = readdirSync(out).filter((entry) => entry.endsWith('.deb'));
  file = join(out, name);
  isUnofficial = name.endsWith('-ci.deb');
  rmSync(join(out, 'linux-unpacked'), { recursive: true });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const words = ['install', '--yes', '--no-install-recommends', file];
  let install = run('apt-get', words, { env });
  if (install.code !== 0) {
    // What it depends on may have moved on the mirror.
    run('apt-get', ['update'], { env });
    install = run('apt-get', words, { env });
  }
  expect(install.code, `${install.stdout}${install.stderr}`).toBe(0);
  installed = must('dpkg-query', '--listfiles', 'polyvisor').trim().split('\n');
  user = makeOrdinaryUser();
  display = await startDisplay(user);
});

afterAll(async () => {
  await display?.stop();
  user?.dispose();
  if (file !== undefined && isInstalled()) must('dpkg', '--purge', 'polyvisor');
  if (out !== undefined) rmSync(out, { recursive: true, force: true });
});

describe('the package', () => {
  it('is refused as a release on a runtime that is not the official one, or is a release', () => {
    const args = [join(projectRoot, 'build/package.mjs'), `--out=${out}/release`, '--target=deb'];
    if (isUnofficial) {
      const { code, stderr } = run(process.execPath, args);
      expect(code).toBe(1);
      expect(stderr).toContain('a release may only carry the official Electron');
      expect(must('dpkg-deb', '--field', file, 'X-Unofficial-Runtime')).toMatch(/Electron \d/);
      expect(must('dpkg-deb', '--field', file, 'Version').trim()).toMatch(/~ci$/);
    } else {
      expect(must('dpkg-deb', '--field', file, 'X-Unofficial-Runtime')).toBe('');
    }
  });

  it('needs QEMU', () => {
    const depends = must('dpkg-deb', '--field', file, 'Depends');
    expect(depends).toContain('qemu-system-x86');
    expect(depends).toContain('qemu-utils');
  });

  it('brings the program that changes networks where polkit and the broker look for it', () => {
    expect(must('dpkg-deb', '--field', file, 'Depends')).toMatch(/python3.*iproute2/);
    const policy = '/usr/share/polkit-1/actions/io.polyvisor.network.policy';
    expect(readFileSync(policy, 'utf8')).toContain(`exec.path">${netHelper}</annotate>`);
    for (const path of installed.filter((entry) => entry.startsWith('/usr/lib/polyvisor'))) {
      const { uid, gid, mode } = statSync(path);
      const isProgram = path === netHelper || path === '/usr/lib/polyvisor';
      expect([path, uid, gid, mode & 0o7777]).toEqual([path, 0, 0, isProgram ? 0o755 : 0o644]);
    }
    // Whoever is not root gets the status, and nothing else.
    const [command, args] = user.as([netHelper, 'status']);
    expect(run(command, args, { env: user.env }).stdout).toContain('"bridges": []');
    const [asUser, change] = user.as(['sh', '-c', `echo '[{"verb":"undo.all"}]' | ${netHelper}`]);
    expect(run(asUser, change, { env: user.env })).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('Only root can change the network.') as string,
    });
    expect(readdirSync('/usr/lib/polyvisor')).not.toContain('__pycache__');
  });

  it('has right checksums, and belongs to root', () => {
    expect(must('dpkg', '--verify', 'polyvisor')).toBe('');
    for (const path of installed.filter((entry) => entry.startsWith('/opt/Polyvisor'))) {
      const { uid, gid, mode } = statSync(path);
      expect([path, uid, gid, mode & 0o022]).toEqual([path, 0, 0, 0]);
    }
  });

  it('has every switch of the release fuses in place', async () => {
    const wire = await getCurrentFuseWire(program);
    const states = (options: readonly FuseV1Options[]): readonly unknown[] =>
      options.map((option) => wire[option]);
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    const on = [FuseV1Options.EnableCookieEncryption, FuseV1Options.OnlyLoadAppFromAsar];
    expect(states(off)).toEqual(off.map(() => fuseState.off));
    expect(states(on)).toEqual(on.map(() => fuseState.on));
  });

  it('carries the bundles and nothing else: no sources, tests, fakes or maps', () => {
    const allowed = [
      /^\/package\.json$/,
      /^\/out(\/main|\/preload|\/renderer(\/assets)?)?$/,
      /^\/out\/main\/[\w-]+\.js$/,
      /^\/out\/preload\/preload\.cjs$/,
      /^\/out\/renderer\/index\.html$/,
      /^\/out\/renderer\/assets\/[\w.-]+\.(js|css|woff2|svg|png)$/,
    ];
    const entries = listPackage(asar, { isPack: false });
    expect(entries).toContain('/out/main/main.js');
    expect(entries.filter((entry) => !allowed.some((pattern) => pattern.test(entry)))).toEqual([]);
    for (const entry of entries.filter((name) => /\.(js|cjs)$/.test(name))) {
      const source = extractFile(asar, entry.slice(1)).toString();
      expect(source, entry).not.toMatch(/sourceMappingURL=|createFakeDriver|from ["']vitest["']/);
    }
    const names = readdirSync(resources).sort();
    expect(names).toEqual([
      ...['app.asar', 'apparmor-profile', 'guests', 'icons', 'koffi', 'launcher'],
    ]);
  });

  it('brings the licences of what it contains', () => {
    const text = readFileSync('/opt/Polyvisor/LICENSES.npm.txt', 'utf8');
    expect(text).toMatch(/^react-dom \d/m);
    expect(text).toMatch(/^@novnc\/novnc \d/m);
    expect(existsSync('/opt/Polyvisor/LICENSES.chromium.html')).toBe(true);
    expect(existsSync('/usr/share/doc/polyvisor/copyright')).toBe(true);
  });

  it('carries our guests', () => {
    expect(readdirSync(join(resources, 'guests'))).toEqual(
      expect.arrayContaining(['probe.img', 'probe.iso', 'selftest.rom']),
    );
  });

  it('has a desktop entry whose program and icon are there', () => {
    const entry = readFileSync('/usr/share/applications/polyvisor.desktop', 'utf8');
    expect(entry).toContain(`Exec=${program} %F`);
    expect(existsSync(program)).toBe(true);
    expect(entry).toContain('Icon=polyvisor');
    expect(existsSync('/usr/share/icons/hicolor/48x48/apps/polyvisor.png')).toBe(true);
  });

  it('declares every library it loads', () => {
    const closure = dependencyClosure('polyvisor');
    expect(closure.size).toBeGreaterThan(50);
    const libraries = loadedLibraries(program);
    expect(libraries.size).toBeGreaterThan(20);
    const missing = [...libraries].filter(([, path]) => path === undefined);
    expect(missing).toEqual([]);
    const paths = [...libraries.values()].filter((path) => path !== undefined);
    const foreign = paths.filter((path) => !path.startsWith('/opt/Polyvisor/'));
    const undeclared = [...packagesOf(foreign)].filter(
      ([, owner]) => owner === undefined || !closure.has(owner),
    );
    expect(undeclared).toEqual([]);
  });

  it('installs its AppArmor profile exactly where the parser understands it', () => {
    const profile = join(resources, 'apparmor-profile');
    const text = readFileSync(profile, 'utf8');
    expect(text).toContain(`profile polyvisor ${program} flags=(unconfined)`);
    const hasParser = run('sh', ['-c', 'command -v apparmor_parser']).code === 0;
    const args = ['--skip-kernel-load', '--skip-cache', profile];
    const isUnderstood = hasParser && run('apparmor_parser', args).code === 0;
    expect(existsSync('/etc/apparmor.d/polyvisor')).toBe(isUnderstood);
  });
});

describe('the installed program, as an ordinary user', () => {
  it('boots the demo guest with Chromium’s sandbox on', async () => {
    const picture = join(user.home, 'demo.png');
    const demo = startAs(user, ['polyvisor', '--demo', `--screenshot=${picture}`], {
      DISPLAY: display.name,
    });
    const renderer = await eventually('a page process', () => {
      if (demo.process.exitCode !== null) throw new Error(demo.output());
      return descendants(demo.process.pid ?? 0).find((pid) =>
        readText(`/proc/${pid}/cmdline`).includes('--type=renderer'),
      );
    });
    const status = await eventually('a sandboxed page process', () => {
      const text = readText(`/proc/${renderer}/status`);
      return /^Seccomp:\s*2$/m.test(text) ? text : undefined;
    });
    expect(status).toMatch(/^NoNewPrivs:\s*1$/m);
    expect(status).toMatch(new RegExp(`^Uid:\\s*${user.uid}\\b`, 'm'));
    expect(readText(`/proc/${demo.process.pid}/cmdline`)).not.toContain('--no-sandbox');
    expect(await demo.ended, demo.output()).toBe(0);
    expect(demo.output()).toMatch(/because/);
    const png = readFileSync(picture);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(800);
  });

  it('is not a Node: the environment does not turn it into one', () => {
    const [command, args] = user.as(['polyvisor', '--version']);
    const env = { ...user.env, ELECTRON_RUN_AS_NODE: '1' };
    const { stdout } = run(command, args, { env, cwd: user.home });
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+(-ci)?$/);
  });

  it('runs a role without a display, and the role survives kill -9 of its parent', async () => {
    const parent = startAs(user, ['sh', '-c', 'polyvisor --role=echo; true']);
    const line = await eventually('the role listens', () => {
      if (parent.process.exitCode !== null) throw new Error(parent.output());
      return /^listening (\/.*)$/m.exec(parent.output())?.[1];
    });
    const family = descendants(parent.process.pid ?? 0);
    expect(parent.process.kill('SIGKILL')).toBe(true);
    await eventually('the parent is gone', () => parent.process.signalCode ?? undefined);
    expect(await echoed(line, 'still here')).toBe('still here\n');
    const [role] = family.filter((pid) => readText(`/proc/${pid}/cmdline`).includes('--role=echo'));
    process.kill(role ?? 0, 'SIGTERM');
    await eventually('the role ended', () => !existsSync(line));
    await eventually('no process is left', () =>
      family.every((pid) => readText(`/proc/${pid}/cmdline`) === '') ? true : undefined,
    );
  });

  it('carries the switch: the fabric answers, and ends when nothing is left to do', async () => {
    const role = startAs(user, ['polyvisor', '--role=fabric']);
    const path = await eventually('the fabric listens', () => {
      if (role.process.exitCode !== null) throw new Error(role.output());
      return /^listening (\/.*)$/m.exec(role.output())?.[1];
    });
    expect(await echoed(path, '{"id":1,"call":"hello","args":{}}')).toMatch(/^\{"id":1,"result":/);
    expect(await echoed(path, '{"id":2,"call":"endIfIdle","args":{}}')).toContain(
      '"isEnding":true',
    );
    expect(await role.ended, role.output()).toBe(0);
  });
});

describe('the .tar.gz', () => {
  it('runs from where it was unpacked', () => {
    const [name = ''] = readdirSync(out).filter((entry) => entry.endsWith('.tar.gz'));
    const as = (...argv: readonly string[]): string => {
      const [command, args] = user.as(argv);
      const { code, stdout, stderr } = run(command, args, { env: user.env, cwd: user.home });
      expect(code, stderr).toBe(0);
      return stdout;
    };
    const unpacked = join(user.home, 'unpacked');
    as('mkdir', unpacked);
    must('chmod', '755', out);
    as('tar', '--extract', '--file', join(out, name), '--directory', unpacked);
    const [folder = ''] = readdirSync(unpacked);
    expect(as(join(unpacked, folder, 'polyvisor'), '--version')).toMatch(/^\d+\.\d+\.\d+/);
    rmSync(unpacked, { recursive: true });
  });
});

describe('removal', () => {
  it('leaves no file of the program behind and every file of the user alone', () => {
    const machines = join(user.home, '.local/share/polyvisor');
    const [command, args] = user.as(['mkdir', '-p', join(machines, 'vms/kept')]);
    expect(run(command, args, { env: user.env }).code).toBe(0);
    writeFileSync(join(machines, 'vms/kept/disk.qcow2'), 'mine');
    const mine = (): string => must('find', user.home, '-type', 'f', '-not', '-path', '*/run/*');
    const before = mine();
    const make = `echo '[{"verb":"bridge.create","bridge":"${bridge}"}]' | ${netHelper}`;
    must('sh', '-c', make);
    expect(existsSync(`/sys/class/net/${bridge}`)).toBe(true);
    must('dpkg', '--purge', 'polyvisor');
    expect(existsSync(`/sys/class/net/${bridge}`)).toBe(false);
    expect(existsSync('/run/polyvisor-net')).toBe(false);
    expect(isInstalled()).toBe(false);
    expect(mine()).toBe(before);
    expect(readFileSync(join(machines, 'vms/kept/disk.qcow2'), 'utf8')).toBe('mine');
    const own = installed.filter((path) => /polyvisor/i.test(path));
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter((path) => existsSync(path))).toEqual([]);
    expect(existsSync('/etc/apparmor.d/polyvisor')).toBe(false);
    expect(run('sh', ['-c', 'command -v polyvisor']).code).not.toBe(0);
  });
});

/** Empty where the process is gone. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What the role's socket sends back for one line. */
function echoed(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => socket.write(`${line}\n`));
    socket.setEncoding('utf8').once('data', (text: string) => {
      socket.destroy();
      resolve(text);
    });
    socket.once('error', reject);
    socket.setTimeout(5000, () => reject(new Error('the role does not answer')));
  });
}
