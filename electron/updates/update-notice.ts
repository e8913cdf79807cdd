// Looks at most once a day whether a newer release is out and tells so in a notice. Never downloads or
// installs anything; a failed look is logged and tried again a day later. Electron-free: all it needs is handed in.
import { join } from 'node:path';
import { z } from 'zod';
import { text } from '../../shared/model/text.ts';
import type { Notice } from '../../shared/state/app-state.ts';
import type { Logger } from '../log/logger.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from '../persist/json-file.ts';
import { isNewer, releaseSchema } from './release-feed.ts';

export const updateNoticeId = 'update';

const dayMs = 24 * 60 * 60 * 1000;
/** How often it is asked whether a day has passed. */
const askEveryMs = 60 * 60 * 1000;
const answerWithinMs = 15_000;
/** A feed is some hundred bytes. */
const maxFeedLength = 64 * 1024;

const memorySchema = z.object({ version: z.literal(1), checkedAt: z.number() });

export interface UpdateNoticeDeps {
  /** https only; empty or undefined = this build has no feed, so nothing is ever asked. */
  readonly feedUrl: string | undefined;
  readonly currentVersion: string;
  /** Folder for the time of the last look ($XDG_CACHE_HOME/polyvisor). */
  readonly cacheDir: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** The off switch, read before every look. */
  readonly isOn: () => boolean;
  readonly onNotice: (notice: Notice) => void;
  readonly log: Logger;
}

export interface UpdateNotice {
  /** Resolves when the look under way has ended. Never rejects. */
  readonly settled: () => Promise<void>;
  readonly dispose: () => void;
}

const isHttps = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'https:';

/** Starts the hourly question. The first is asked at once. */
export const startUpdateNotice = (deps: UpdateNoticeDeps): UpdateNotice => {
  const { feedUrl, log } = deps;
  const memory: JsonFile<z.infer<typeof memorySchema>> = {
    path: join(deps.cacheDir, 'update-check.json'),
    schema: memorySchema,
    version: 1,
  };
  const closing = new AbortController();
  /** Stands in where the memory file cannot be written. */
  let lastLookAt: number | undefined;

  /** A clock that was set back must not silence the look for years. */
  const isDue = async (): Promise<boolean> => {
    const kept = await readJsonFile(memory, deps.now).catch(() => undefined);
    const hasMemory = kept?.kind === 'read' || kept?.kind === 'recovered';
    const last = hasMemory ? kept.value.checkedAt : lastLookAt;
    if (last === undefined) return true;
    const age = deps.now() - last;
    return age >= dayMs || age < 0;
  };
  const look = async (url: string): Promise<void> => {
    const response = await deps.fetch(url, {
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(answerWithinMs)]),
      headers: { accept: 'application/json' },
      credentials: 'omit',
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`the feed answered ${response.status}`);
    const body = await response.text();
    if (body.length > maxFeedLength) throw new Error('the feed is too long');
    const release = releaseSchema.parse(JSON.parse(body));
    log.info('release feed', { newest: release.version, current: deps.currentVersion });
    if (!isNewer(release.version, deps.currentVersion)) return;
    deps.onNotice({
      id: updateNoticeId,
      tone: 'info',
      text: text('update.newer', { version: release.version, current: deps.currentVersion }),
      url: release.url,
    });
  };
  const lookIfDue = async (): Promise<void> => {
    if (feedUrl === undefined || !isHttps(feedUrl) || !deps.isOn()) return;
    try {
      if (!(await isDue())) return;
      // Written first: a feed that fails is not asked again before tomorrow either.
      lastLookAt = deps.now();
      await writeJsonFile(memory, { version: 1, checkedAt: lastLookAt }).catch((error: unknown) => {
        log.info('the time of the look is not kept', { error: String(error) });
      });
      await look(feedUrl);
    } catch (error) {
      log.info('no look at the release feed', { error: String(error) });
    }
  };
  let looking = lookIfDue();
  const timer = setInterval(() => {
    looking = looking.then(lookIfDue);
  }, askEveryMs);
  timer.unref();
  return {
    settled: () => looking,
    dispose: () => {
      clearInterval(timer);
      closing.abort();
    },
  };
};
