// Builds the .deb from the unpacked program with dpkg-deb: files in their places, control data, checksums.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const put = (file, data, mode = 0o644) => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, data);
  chmodSync(file, mode);
};

/** Every regular file below `folder`. */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Files 0644 or 0755, folders 0755, whatever the builder's umask was. */
function settleModes(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) settleModes(path);
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** The program pkexec starts as root, its modules and its polkit action, with their places. */
function netHelperFiles(root) {
  const folder = join(root, 'build/linux/net-helper');
  const into = (place, mode) => (name) => ({
    from: join(folder, name),
    to: join(place, name),
    mode,
  });
  const names = readdirSync(folder);
  return [
    into('usr/lib/polyvisor', 0o755)('polyvisor-net-helper'),
    ...names.filter((name) => name.endsWith('.py')).map(into('usr/lib/polyvisor', 0o644)),
    ...names
      .filter((name) => name.endsWith('.policy'))
      .map(into('usr/share/polkit-1/actions', 0o644)),
  ];
}

function placeFiles(stage, { root, unpacked }) {
  const program = join(stage, 'opt/Polyvisor');
  mkdirSync(program, { recursive: true });
  cpSync(unpacked, program, { recursive: true });
  settleModes(program);
  mkdirSync(join(stage, 'usr/bin'), { recursive: true });
  symlinkSync('/opt/Polyvisor/resources/launcher', join(stage, 'usr/bin/polyvisor'));
  const share = join(stage, 'usr/share');
  put(
    join(share, 'applications/polyvisor.desktop'),
    readFileSync(join(root, 'build/linux/polyvisor.desktop')),
  );
  const icons = join(root, 'build/icons');
  for (const name of readdirSync(icons).filter((file) => /^\d+x\d+\.png$/.test(file))) {
    const size = name.replace('.png', '');
    put(join(share, `icons/hicolor/${size}/apps/polyvisor.png`), readFileSync(join(icons, name)));
  }
  const drawing = readFileSync(join(icons, 'polyvisor.svg'));
  put(join(share, 'icons/hicolor/scalable/apps/polyvisor.svg'), drawing);
  for (const { from, to, mode } of netHelperFiles(root)) {
    put(join(stage, to), readFileSync(from), mode);
  }
  const doc = join(share, 'doc/polyvisor');
  put(join(doc, 'copyright'), readFileSync(join(root, 'LICENSE')));
  const changes = join(root, 'CHANGELOG.md');
  if (existsSync(changes)) {
    put(join(doc, 'changelog.gz'), gzipSync(readFileSync(changes), { level: 9 }));
  }
}

/** RFC 822 style fields; a field without a value is left out. */
export function renderControl(fields) {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

/**
 * `config`: electron-builder.config.mjs, where dependencies and texts stand once. Returns the file written.
 */
export function buildDeb({ root, unpacked, file, version, arch, config, unofficial, isFast }) {
  const stage = `${file}.stage`;
  rmSync(stage, { recursive: true, force: true });
  placeFiles(stage, { root, unpacked });
  const files = filesBelow(stage);
  const bytes = files.reduce((sum, path) => sum + lstatSync(path).size, 0);
  const { linux, deb } = config;
  const control = renderControl({
    Package: 'polyvisor',
    Version: version,
    Architecture: arch,
    Maintainer: linux.maintainer,
    'Installed-Size': Math.ceil(bytes / 1024),
    Depends: deb.depends.join(', '),
    Recommends: deb.recommends.join(', '),
    Section: deb.packageCategory,
    Priority: deb.priority,
    'X-Unofficial-Runtime': unofficial,
    Description: `${linux.synopsis}\n ${linux.description}`,
  });
  const sums = files.map(
    (path) =>
      `${createHash('md5').update(readFileSync(path)).digest('hex')}  ${relative(stage, path)}\n`,
  );
  put(join(stage, 'DEBIAN/control'), control);
  put(join(stage, 'DEBIAN/md5sums'), sums.join(''));
  for (const script of ['postinst', 'prerm', 'postrm']) {
    put(join(stage, 'DEBIAN', script), readFileSync(join(root, 'build/linux', script)), 0o755);
  }
  settleModes(join(stage, 'usr'));
  chmodSync(join(stage, 'opt'), 0o755);
  chmodSync(stage, 0o755);
  rmSync(file, { force: true });
  const compression = isFast ? ['-Zzstd', '-z3'] : ['-Zxz', '-z6'];
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', stage, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  rmSync(stage, { recursive: true, force: true });
  return file;
}
