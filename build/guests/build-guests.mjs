// Builds our own guests from their assembly sources into out/guests: the probe guest as disk, floppy and CD image and
// for network boot, the 16-bit floppy, and the KVM self-test ROM. Node built-ins and nasm only; runs on Node 18.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isoImage } from './iso.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const defaultOutDir = join(here, '..', '..', 'out', 'guests');
const KIB = 1024;
const diskSize = 1024 * KIB;
const floppySize = 1440 * KIB;

function assemble(source, target, defines = []) {
  const result = spawnSync(
    'nasm',
    [
      '-f',
      'bin',
      '-Wall',
      '-Werror',
      ...defines,
      '-I',
      `${dirname(source)}/`,
      source,
      '-o',
      target,
    ],
    { encoding: 'utf8' },
  );
  if (/** @type {NodeJS.ErrnoException} */ (result.error)?.code === 'ENOENT') {
    throw new Error('nasm is missing. Install it first, on Debian with: apt-get install nasm');
  }
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`nasm failed on ${source}:\n${result.stderr}`);
  return readFileSync(target);
}

function padded(image, size) {
  if (image.length > size) throw new Error(`image of ${image.length} bytes is over ${size} bytes`);
  return Buffer.concat([image, Buffer.alloc(size - image.length)]);
}

// Written aside and renamed: a QEMU that has the former file open keeps reading a whole one.
function put(path, content) {
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, content);
  renameSync(aside, path);
  return path;
}

const probeIso = (content) =>
  isoImage({
    label: 'POLYVISOR_PROBE',
    files: [{ name: 'PROBE.BIN', content }],
    boot: { name: 'PROBE.BIN' },
  });

/** Builds every guest; returns the paths by name. */
export function buildGuests({ outDir = defaultOutDir } = {}) {
  mkdirSync(outDir, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'pv-asm-'));
  try {
    const probeSource = join(here, 'probe', 'probe.asm');
    const probe = assemble(probeSource, join(work, 'probe.bin'));
    const probeCd = assemble(probeSource, join(work, 'probe-cd.bin'), ['-DCD']);
    const probePxe = assemble(probeSource, join(work, 'probe.pxe'), ['-DCD', '-DNETWORK']);
    const selftest = assemble(join(here, 'selftest', 'selftest.asm'), join(work, 'selftest.bin'));
    const realMode = assemble(join(here, 'real16', 'real16.asm'), join(work, 'real16.bin'));
    if (selftest.length !== 64 * KIB) throw new Error('the self-test ROM is not 64 KiB');
    return {
      disk: put(join(outDir, 'probe.img'), padded(probe, diskSize)),
      floppy: put(join(outDir, 'probe-floppy.img'), padded(probe, floppySize)),
      iso: put(join(outDir, 'probe.iso'), probeIso(probeCd)),
      // Only tests use these two: names that the package leaves out.
      pxe: put(join(outDir, 'probe.pxe'), probePxe),
      realMode: put(join(outDir, 'real16.ima'), padded(realMode, floppySize)),
      selftest: put(join(outDir, 'selftest.rom'), selftest),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    for (const path of Object.values(buildGuests())) console.log(path);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
