// Looks for QEMU: programs on PATH, their version for showing, and what they offer. Cached by path, time and size.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { isFailure } from '../../../shared/contract/errors.ts';
import type { ProbeOutcome } from '../../../shared/model/driver.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from '../../persist/json-file.ts';
import type { DriverContext } from '../types.ts';
import {
  parseMonitorRun,
  parseWordList,
  qemuFeaturesSchema,
  type QemuFeatures,
} from './features.ts';

export const systemBinary = 'qemu-system-x86_64';
export const imageBinary = 'qemu-img';
export const oldestQemu = '7.2';
export const sandboxArgs = [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
] as const;

const cacheSchema = z.object({
  version: z.literal(1),
  key: z.string(),
  qemuVersion: z.string(),
  features: qemuFeaturesSchema,
});
const cacheFile = (ctx: DriverContext): JsonFile<z.infer<typeof cacheSchema>> => ({
  path: join(ctx.paths.cache, 'qemu-features.json'),
  schema: cacheSchema,
  version: 1,
});

const findProgram = (name: string, folders: readonly string[]): string | undefined =>
  folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });

const keyOf = (path: string): string => {
  const { mtimeMs, size, ino } = statSync(path);
  return `${path} ${mtimeMs} ${size} ${ino}`;
};

/** "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)" -> "7.2.22". */
export const parseVersion = (text: string): string | undefined =>
  /version (\d+(?:\.\d+)+)/.exec(text)?.[1];

const monitorInput = [
  { execute: 'qmp_capabilities' },
  { execute: 'query-machines' },
  { execute: 'query-commands' },
  { execute: 'qom-list-types', arguments: { implements: 'device' } },
  { execute: 'quit' },
]
  .map((command) => `${JSON.stringify(command)}\n`)
  .join('');

const askMonitor = async (
  ctx: DriverContext,
  path: string,
  extra: readonly string[],
): Promise<ReturnType<typeof parseMonitorRun>> => {
  const args = ['-M', 'none', '-nodefaults', '-no-user-config', '-display', 'none', ...extra];
  const result = await ctx.exec(path, [...args, '-qmp', 'stdio'], {
    timeoutMs: 20_000,
    input: monitorInput,
    env: ctx.env,
  });
  return parseMonitorRun(result.stdout);
};

const askFeatures = async (ctx: DriverContext, path: string): Promise<QemuFeatures | undefined> => {
  const help = (option: string): Promise<readonly string[]> =>
    ctx
      .exec(path, [option, 'help'], { timeoutMs: 20_000, env: ctx.env })
      .then((result) => parseWordList(`${result.stdout}\n${result.stderr}`));
  const [netdevs, accelerators, sandboxed] = await Promise.all([
    help('-netdev'),
    help('-accel'),
    // A build without seccomp refuses the option at once.
    askMonitor(ctx, path, sandboxArgs).catch(() => undefined),
  ]);
  const monitor = sandboxed ?? (await askMonitor(ctx, path, []));
  if (monitor === undefined) return undefined;
  return { ...monitor, netdevs, accelerators, hasSandbox: sandboxed !== undefined };
};

/** Features are kept per process too, so that capabilities() and connect() need not read the cache again. */
const known = new Map<string, QemuFeatures>();
export const featuresOf = (systemPath: string): QemuFeatures | undefined => known.get(systemPath);

const brokenBy = (path: string, error: unknown): ProbeOutcome => {
  const command = isFailure(error) ? error.error.command : undefined;
  const text = error instanceof Error ? error.message : String(error);
  const code = /exit code (\d+)/.exec(command?.exit ?? '')?.[1];
  return {
    kind: 'broken',
    command: command?.argv ?? [path],
    exitCode: code === undefined ? null : Number(code),
    stderrTail: command?.stderrTail ?? text,
  };
};

/** Never rejects. `broken` with "too old" in its text when the oldest usable feature set is not there. */
export const probeQemu = async (ctx: DriverContext): Promise<ProbeOutcome> => {
  const folders = (ctx.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const system = findProgram(systemBinary, folders);
  const image = findProgram(imageBinary, folders);
  if (system === undefined || image === undefined) return { kind: 'missing', lookedIn: folders };
  try {
    const key = keyOf(system);
    const passt = findProgram('passt', folders);
    const paths = { system, image, ...(passt === undefined ? {} : { passt }) };
    const cached = await readJsonFile(cacheFile(ctx)).catch(() => undefined);
    if (cached?.kind === 'read' && cached.value.key === key) {
      known.set(system, cached.value.features);
      return { kind: 'found', version: cached.value.qemuVersion, paths };
    }
    const banner = await ctx.exec(system, ['--version'], { timeoutMs: 20_000, env: ctx.env });
    const qemuVersion = parseVersion(banner.stdout) ?? 'unknown';
    const features = await askFeatures(ctx, system);
    // `stream` came with 7.2, the oldest release we tested, not the oldest that could be made to work.
    if (features === undefined || !features.netdevs.includes('stream')) {
      const stderrTail = `qemu/too-old: version ${qemuVersion} is installed; ${oldestQemu} is the oldest we can use`;
      return { kind: 'broken', command: [system, '-netdev', 'help'], exitCode: 0, stderrTail };
    }
    known.set(system, features);
    // A read-only cache folder only costs time at the next start.
    await writeJsonFile(cacheFile(ctx), { version: 1, key, qemuVersion, features }).catch(
      () => undefined,
    );
    return { kind: 'found', version: qemuVersion, paths };
  } catch (error) {
    return brokenBy(system, error);
  }
};
