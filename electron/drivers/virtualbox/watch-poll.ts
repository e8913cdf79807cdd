// Looks for changes without the web service: two short lists, the age of settings files, and `showvminfo` only for
// machines that changed or run.
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isFailure } from '../../../shared/contract/errors.ts';
import { unescapeXml } from './soap.ts';
import { lookByManage, parsePrintedTime } from './machine-look.ts';
import { readInfoFacts } from './machine-reader-info.ts';
import { createdAt, nameByFile, type Reading } from './machine-reader.ts';
import { parseVmInfo, valueOf } from './parse-vminfo.ts';
import { parseVmList } from './parse-list.ts';
import type { Roster } from './watch-roster.ts';
import { refusalCode, type VBoxManage } from './vboxmanage.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where VirtualBox wrote down which settings file a machine has; for those it cannot read, only this says. */
export const registered = async (env: Env): Promise<ReadonlyMap<string, string>> => {
  const home =
    env['VBOX_USER_HOME'] ??
    join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config'), 'VirtualBox');
  const text = await readFile(join(home, 'VirtualBox.xml'), 'utf8').catch(() => '');
  const rows = text.matchAll(/<MachineEntry uuid="\{([0-9a-fA-F-]{36})\}" src="([^"]*)"/g);
  return new Map(
    [...rows].map(([, id = '', src = '']) => {
      const path = unescapeXml(src);
      return [id.toLowerCase(), isAbsolute(path) ? path : join(home, path)];
    }),
  );
};

/** Rejects with `vm/not-found`. */
export const readByManage = async (manage: VBoxManage, id: string, env: Env): Promise<Reading> => {
  try {
    const text = await manage.read(['showvminfo', id, '--machinereadable']);
    const info = parseVmInfo(text);
    if (info) {
      const since = valueOf(info.pairs, 'VMStateChangeTime') ?? '';
      return {
        kind: 'read',
        facts: readInfoFacts(info, await createdAt(info.settingsFile)),
        state: info.state,
        stateSinceMs: parsePrintedTime(since),
      };
    }
  } catch (error) {
    // "The object functionality is limited": VirtualBox cannot read it.
    if (refusalCode(error) !== 'E_ACCESSDENIED') {
      await lookByManage(manage, id);
      throw error;
    }
  }
  const settingsFile = (await registered(env)).get(id) ?? '';
  const createdAtMs = await createdAt(settingsFile);
  return {
    kind: 'inaccessible',
    id,
    name: nameByFile(settingsFile),
    settingsFile,
    createdAtMs,
    reason: '',
  };
};

export interface Poll {
  /** One look at everything. */
  look(): Promise<void>;
  refresh(id: string): Promise<void>;
}

export const createPoll = (deps: {
  readonly manage: VBoxManage;
  readonly roster: Roster;
  readonly env: Env;
  readonly isStarting: (id: string) => boolean;
}): Poll => {
  const { manage, roster, env } = deps;
  const ages = new Map<string, number>();
  let wereRunning: ReadonlySet<string> = new Set();

  const ageOf = async (id: string): Promise<number> => {
    const file = roster.get(id)?.settingsFile ?? '';
    return file === '' ? 0 : ((await stat(file).catch(() => undefined))?.mtimeMs ?? 0);
  };
  const refresh = async (id: string): Promise<void> => {
    try {
      await roster.apply(await readByManage(manage, id, env), false);
      ages.set(id, await ageOf(id));
    } catch (error) {
      if (!isFailure(error, 'vm/not-found')) throw error;
      roster.remove(id);
      throw error;
    }
  };

  return {
    refresh,
    look: async () => {
      const listed = parseVmList(await manage.read(['list', 'vms']));
      const runs = new Set(
        parseVmList(await manage.read(['list', 'runningvms'])).map((row) => row.id),
      );
      for (const id of roster.ids()) if (!listed.some((row) => row.id === id)) roster.remove(id);
      for (const { id } of listed) {
        const isNew = roster.get(id) === undefined;
        const hasMoved = runs.has(id) !== wereRunning.has(id);
        const hasChanged = ages.get(id) !== (await ageOf(id));
        // It joins the machine's program, which a beginning one does not bear.
        if (deps.isStarting(id)) continue;
        if (isNew || hasMoved || hasChanged || runs.has(id))
          await refresh(id).catch(() => undefined);
      }
      wereRunning = runs;
    },
  };
};
