// Looks for VirtualBox: the real VBoxManage beside its libraries, never a distribution's wrapper script (Debian's
// prints a warning to stdout and removes VirtualBox's socket folder). Also what kind of build it is, from its files.
import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { isFailure } from '../../../shared/contract/errors.ts';
import type { ProbeOutcome } from '../../../shared/model/driver.ts';
import type { DriverContext } from '../types.ts';

export const oldestVirtualBox = '7.0';
const usualFolders = [
  '/usr/lib/virtualbox',
  '/usr/lib64/virtualbox',
  '/opt/VirtualBox',
  '/usr/local/lib/virtualbox',
];

/** "7.2.22_Debianr175245" or "7.1.4r165100". */
export const parseVersion = (
  text: string,
): { readonly version: string; readonly revision: number } | undefined => {
  const row = /(?:^|\n)(\d+\.\d+\.\d+)\S*?r(\d+)\s*$/.exec(text);
  return row ? { version: row[1] ?? '', revision: Number(row[2]) } : undefined;
};

export const isTooOld = (version: string): boolean =>
  Number(version.split('.')[0]) < Number(oldestVirtualBox.split('.')[0]);

const isElf = (path: string): boolean => {
  try {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(4);
      return readSync(file, head, 0, 4, 0) === 4 && head.toString('latin1') === '\x7fELF';
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
};

/** Where a wrapper script says the programs are: `INSTALL_DIR="/usr/lib/virtualbox"`, or a path it starts. */
export const foldersInScript = (script: string): readonly string[] =>
  [
    ...script.matchAll(/^\s*INSTALL_DIR="?(\/[^"\s]+)"?/gm),
    ...script.matchAll(/(\/[^\s"':]+)\/\.?VBoxManage/g),
  ].map((row) => row[1] ?? '');

const foldersBehind = (path: string): readonly string[] => {
  try {
    const real = realpathSync(path);
    if (isElf(real)) return [dirname(real)];
    return statSync(real).size < 64 * 1024 ? foldersInScript(readFileSync(real, 'utf8')) : [];
  } catch {
    return [];
  }
};

/** The folder of VirtualBox's own programs, first that has a real VBoxManage. */
export const findLibrary = (
  searchPath: string,
  usual: readonly string[] = usualFolders,
): string | undefined => {
  const named = searchPath
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => foldersBehind(join(folder, 'VBoxManage')));
  return [...named, ...usual].find((folder) => isElf(join(folder, 'VBoxManage')));
};

/** What the files tell about a build. The API knows better where it runs (`isExecutionEngineSupported`). */
export interface BuildFacts {
  /** The KVM engine is compiled in: its code names the device it opens. */
  readonly hasKvmEngine: boolean;
  /** Programs are set-uid and insist on the kernel driver. */
  readonly isHardened: boolean;
}
export type BuildKind = 'driver-only' | 'driver-or-kvm' | 'kvm-only';

/** The Cyberus port is not hardened and never uses the driver; Oracle's builds with KVM are, and can do both. */
export const buildKind = (facts: BuildFacts): BuildKind => {
  if (!facts.hasKvmEngine) return 'driver-only';
  return facts.isHardened ? 'driver-or-kvm' : 'kvm-only';
};

/** Whether a file has these bytes. Reads it piece by piece. */
export const fileMentions = async (path: string, words: string): Promise<boolean> => {
  const wanted = Buffer.from(words, 'latin1');
  let rest = Buffer.alloc(0);
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const piece = Buffer.concat([rest, chunk]);
    if (piece.includes(wanted)) return true;
    rest = piece.subarray(Math.max(0, piece.length - wanted.length + 1));
  }
  return false;
};

export const readBuildFacts = async (library: string): Promise<BuildFacts> => {
  const setUid = 0o4000;
  const machine = join(library, 'VirtualBoxVM');
  const headless = join(library, 'VBoxHeadless');
  const judged = existsSync(machine) ? machine : headless;
  return {
    hasKvmEngine: await fileMentions(join(library, 'VBoxVMM.so'), '/dev/kvm').catch(() => false),
    isHardened: existsSync(judged) && (statSync(judged).mode & setUid) !== 0,
  };
};

const optional = (name: string, path: string): Readonly<Record<string, string>> =>
  existsSync(path) ? { [name]: path } : {};

/** Never rejects. `broken` with "virtualbox/too-old" in its text when the version is older than we know. */
export const probeVirtualBox = async (
  ctx: Pick<DriverContext, 'exec' | 'env'>,
  usual: readonly string[] = usualFolders,
): Promise<ProbeOutcome> => {
  const searchPath = ctx.env['PATH'] ?? '';
  const library = findLibrary(searchPath, usual);
  if (library === undefined) {
    return { kind: 'missing', lookedIn: [...searchPath.split(delimiter), ...usual] };
  }
  const manage = join(library, 'VBoxManage');
  const command = [manage, '--version'];
  try {
    const { stdout } = await ctx.exec(manage, ['--version'], { timeoutMs: 15_000, env: ctx.env });
    const found = parseVersion(stdout);
    if (!found) return { kind: 'broken', command, exitCode: 0, stderrTail: stdout.slice(-4096) };
    if (isTooOld(found.version)) {
      const stderrTail = `virtualbox/too-old: version ${found.version} is installed; ${oldestVirtualBox} is the oldest we can use`;
      return { kind: 'broken', command, exitCode: 0, stderrTail };
    }
    const paths = {
      library,
      manage,
      ...optional('headless', join(library, 'VBoxHeadless')),
      ...optional('machine', join(library, 'VirtualBoxVM')),
      ...optional('webService', join(library, 'vboxwebsrv')),
    };
    return { kind: 'found', version: found.version, paths };
  } catch (error) {
    const failed = isFailure(error) ? error.error.command : undefined;
    const code = /exit code (\d+)/.exec(failed?.exit ?? '')?.[1];
    return {
      kind: 'broken',
      command,
      exitCode: code === undefined ? null : Number(code),
      stderrTail: failed?.stderrTail ?? (error instanceof Error ? error.message : String(error)),
    };
  }
};
