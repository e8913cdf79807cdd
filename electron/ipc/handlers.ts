// Handlers<AppContract>: one line each to a command.
import type { AppContract } from '../../shared/contract/contract.ts';
import type { Handlers } from '../../shared/contract/define.ts';
import { backendKey } from '../../shared/model/driver.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { CompatRow } from '../../shared/model/compat-table.ts';
import type { Settings } from '../../shared/model/settings.ts';
import type { CommandContext } from '../commands/context.ts';
import * as view from '../commands/media-view.ts';
import { createDemo, createVm } from '../commands/vm-create.ts';
import { createDisk } from '../commands/vm-disk.ts';
import * as engines from '../commands/vm-engine.ts';
import * as edit from '../commands/vm-edit.ts';
import { power } from '../commands/vm-power.ts';
import { vmById } from '../commands/context.ts';
import type { NetworkCommands } from '../networks/commands.ts';
import { createNetworkHandlers } from './network-handlers.ts';
import type { Publisher } from './publisher.ts';
import type { ShellPort } from './shell-port.ts';

export interface HandlerDeps {
  readonly ctx: CommandContext;
  readonly shell: ShellPort;
  readonly publisher: () => Publisher;
  readonly loaded: Promise<void>;
  readonly updateSettings: (change: Partial<Settings>) => Promise<void>;
  readonly recheck: (check: string | undefined) => Promise<void>;
  readonly report: () => Promise<string>;
  readonly networks: NetworkCommands;
  readonly compatTable: (vm: VmId | undefined) => readonly CompatRow[];
}

export const createHandlers = (deps: HandlerDeps): Handlers<AppContract> => {
  const { ctx, shell } = deps;
  const thumbnails = view.createThumbnails(ctx);
  const settings = (): Settings => ctx.store.getState().settings['settings'] as Settings;
  return {
    app: {
      info: () => shell.info(),
      answerQuit: ({ answer, remember }) => shell.answerQuit(answer, remember),
      openExternal: ({ url }) => shell.openExternal(url),
      copyText: ({ text }) => shell.copyText(text),
      dismissNotice: ({ id }) => ctx.store.dispatch({ kind: 'noticeGone', id }),
      painted: ({ mark, atMs }) => shell.painted(mark, atMs),
    },
    dialog: {
      openFile: async ({ purpose }) => ({ path: await shell.openFile(purpose) }),
      saveFile: async ({ purpose, suggestedName }) => ({
        path: await shell.saveFile(purpose, suggestedName),
      }),
    },
    state: {
      snapshot: async () => {
        await deps.loaded;
        const { epoch, seq, state } = deps.publisher().snapshot();
        return { epoch, seq, json: JSON.stringify(state) };
      },
    },
    vm: {
      create: (request) => createVm(ctx, request),
      createDemo: () => createDemo(ctx),
      start: ({ id, engine, hasConsent }) => ({
        job: power(ctx, id, 'start', { engine, hasConsent }),
      }),
      pause: ({ id }) => ({ job: power(ctx, id, 'pause') }),
      resume: ({ id }) => ({ job: power(ctx, id, 'resume') }),
      reset: ({ id }) => ({ job: power(ctx, id, 'reset') }),
      shutdown: ({ id }) => ({ job: power(ctx, id, 'shutdown') }),
      powerOff: ({ id }) => ({ job: power(ctx, id, 'powerOff') }),
      save: ({ id }) => ({ job: power(ctx, id, 'save') }),
      discardSaved: ({ id }) => ({ job: power(ctx, id, 'discardSaved') }),
      delete: ({ id, withDisks }) => ({ job: edit.removeVm(ctx, id, withDisks) }),
      edit: (change) => edit.editVm(ctx, change),
      decide: ({ id }) => ctx.decide(vmById(ctx, id).definition),
      log: ({ id }) => view.vmLog(ctx, id),
      addForward: ({ id, nic, forward }) => edit.addForward(ctx, id, nic, forward),
      removeForward: ({ id, nic, forward }) => edit.removeForward(ctx, id, nic, forward),
      setCable: ({ id, nic, isConnected }) => edit.setCable(ctx, id, nic, isConnected),
      changeMedium: ({ id, drive, path }) => edit.changeMedium(ctx, id, drive, path ?? undefined),
      createDisk: ({ id, capacity, bus }) => ({ job: createDisk(ctx, id, capacity, bus) }),
      growDisk: ({ id, disk, capacity }) => ({ job: edit.growDisk(ctx, id, disk, capacity) }),
      thumbnail: ({ id }) => thumbnails(id),
      screenshot: ({ id, to, path }) => view.saveScreenshot(ctx, shell, id, to, path),
      dismissFallback: ({ id }) =>
        ctx.store.dispatch({ kind: 'fallback', vm: id, fallback: undefined }),
      unlock: ({ id, password }) => engines.unlock(ctx, id, password),
      snapshots: async ({ id }) => ({ snapshots: [...(await engines.snapshots(ctx, id))] }),
      previewSwitch: ({ id, engine }) => engines.previewSwitch(ctx, id, engine),
      switchEngine: ({ id, ...wish }) => engines.switchEngine(ctx, id, wish),
      openWindow: ({ id }) => engines.openWindow(ctx, id),
      clearProblem: ({ id }) => ctx.store.dispatch({ kind: 'problem', vm: id, error: undefined }),
    },
    console: {
      open: async ({ id, kind }) => ({ channel: await view.attachConsole(ctx, shell, id, kind) }),
      close: ({ channel }) => shell.detachConsole(channel),
    },
    medium: {
      inspect: ({ path, id, driver }) => view.inspectMedium(ctx, path, { vm: id, driver }),
      space: async () => ({ freeBytes: await view.freeBytes(ctx.paths.data) }),
    },
    compat: { table: ({ id }) => ({ rows: [...deps.compatTable(id)] }) },
    host: {
      recheck: ({ check }) => deps.recheck(check),
      setForced: ({ backend, isForced }) => {
        const key = backendKey(backend);
        const others = settings().forcedEngines.filter((engine) => engine !== key);
        return deps.updateSettings({ forcedEngines: isForced ? [...others, key] : others });
      },
      report: async () => ({ text: await deps.report() }),
    },
    network: createNetworkHandlers(deps.networks),
    job: { cancel: ({ id }) => ctx.jobs.cancel(id) },
    settings: { update: (change) => deps.updateSettings(change as Partial<Settings>) },
  };
};
