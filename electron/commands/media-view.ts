// Looking at a VM and at files: thumbnails, screenshots, logs, consoles, media. Changes nothing.
import { statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { failure } from '../../shared/contract/errors.ts';
import type { DriverId, VmId } from '../../shared/model/brand.ts';
import type { MediumInfo } from '../../shared/model/medium.ts';
import { isLive } from '../../shared/model/power.ts';
import type { ConsoleFacet } from '../drivers/types.ts';
import { persistFailure } from '../persist/json-file.ts';
import type { ShellPort } from '../ipc/shell-port.ts';
import { hypervisorFor, vmById, type CommandContext } from './context.ts';

const consoleOf = async (ctx: CommandContext, id: VmId): Promise<ConsoleFacet> => {
  const vm = vmById(ctx, id);
  const { session } = await ctx.supervisor.connected(vm.definition.driver);
  const { name } = vm.definition;
  if (!session.console) throw failure('console/unavailable', { name, reason: 'no console' });
  return session.console;
};

export const openConsole = async (
  ctx: CommandContext,
  id: VmId,
  kind: 'screen' | 'serial',
): Promise<Duplex> => (await consoleOf(ctx, id)).open(id, kind);

export const attachConsole = async (
  ctx: CommandContext,
  shell: ShellPort,
  id: VmId,
  kind: 'screen' | 'serial',
): Promise<string> => {
  const facet = await consoleOf(ctx, id);
  const history = kind === 'serial' ? await facet.serialHistory(id) : new Uint8Array();
  const stream = await facet.open(id, kind);
  const willReturn = (): boolean => isLive(ctx.store.getState().vms[id]?.power ?? 'off');
  return shell.attachConsole(stream, { history, willReturn });
};

export const serialHistory = async (ctx: CommandContext, id: VmId): Promise<Uint8Array> =>
  (await consoleOf(ctx, id)).serialHistory(id);

export const screenshot = async (ctx: CommandContext, id: VmId): Promise<Uint8Array> =>
  (await consoleOf(ctx, id)).screenshot(id);

export const saveScreenshot = async (
  ctx: CommandContext,
  shell: ShellPort,
  id: VmId,
  to: 'clipboard' | 'file',
  path: string | undefined,
): Promise<void> => {
  const png = await screenshot(ctx, id);
  if (to === 'clipboard') {
    shell.copyImage(png);
    return;
  }
  if (path === undefined) throw failure('persist/failed', { path: '', reason: 'no file chosen' });
  try {
    await writeFile(path, png);
  } catch (error) {
    throw persistFailure(path, error);
  }
};

const thumbnailEveryMs = 1000;

/** Thumbnails, at most one real screenshot per second and VM; `null` when there is no screen now. */
export const createThumbnails = (
  ctx: CommandContext,
): ((id: VmId) => Promise<{ png: Uint8Array | null }>) => {
  const cache = new Map<VmId, { readonly at: number; readonly png: Promise<Uint8Array | null> }>();
  return async (id) => {
    const { power } = vmById(ctx, id);
    if (power !== 'running' && power !== 'paused') {
      cache.delete(id);
      return { png: null };
    }
    const now = performance.now();
    let entry = cache.get(id);
    if (!entry || now - entry.at > thumbnailEveryMs) {
      // A guest without a screen, or one that just stopped, has no thumbnail: that is no error.
      entry = { at: now, png: screenshot(ctx, id).catch(() => null) };
      cache.set(id, entry);
    }
    return { png: await entry.png };
  };
};

export const vmLog = async (
  ctx: CommandContext,
  id: VmId,
): Promise<{ lines: string[]; path: string }> => {
  const vm = vmById(ctx, id);
  const { session } = await ctx.supervisor.connected(vm.definition.driver);
  const { lines, path } = await session.log(id);
  return { lines: [...lines], path };
};

/** Looked at by the machine's own hypervisor or the one named; else by the first that has image tools. */
export const inspectMedium = async (
  ctx: CommandContext,
  path: string,
  by: { readonly vm?: VmId | undefined; readonly driver?: DriverId | undefined } = {},
): Promise<MediumInfo> => {
  const id = by.vm === undefined ? by.driver : vmById(ctx, by.vm).definition.driver;
  const { session } = await hypervisorFor(ctx, id, (each) => each.session.media !== undefined);
  if (!session.media) throw failure('medium/tool-failed', { path, reason: 'no image tool' });
  return session.media.inspect(path);
};

/** Free bytes of the file system that holds `path` or its nearest existing parent. */
export const freeBytes = async (path: string): Promise<number> => {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    } catch (error) {
      if (folder === dirname(folder)) throw persistFailure(path, error);
    }
  }
};
