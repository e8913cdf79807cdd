// A vboxwebsrv of our own: loopback, a free port, and a password that exists for one logon. The key VirtualBox
// needs for that (its hash, in VirtualBox's global extra data) is removed as soon as we are in, so neither a crash
// nor a kill -9 leaves it behind; the process ends with ours.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { failure } from '../../../shared/contract/errors.ts';
import type { Logger } from '../../log/logger.ts';
import { endsWithUs } from '../../process/clean-start.ts';
import { freeLoopbackPort } from '../../process/free-port.ts';
import { parseBlocks, parseExtraData } from './parse-list.ts';
import { createSoap, valueOf, type SoapCall } from './soap.ts';
import { vboxEnv, type VBoxManage } from './vboxmanage.ts';

export interface WebServiceOptions {
  readonly manage: VBoxManage;
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** For tests: which port to try, first to last. */
  readonly ports?: () => Promise<number>;
}

export interface WebService {
  readonly call: SoapCall;
  /** The IVirtualBox object of our session. */
  readonly virtualBox: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process is gone, whoever ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const authLibrary = 'VBoxAuthSimple';
export const keyPrefix = `${authLibrary}/users/polyvisor-`;
const attempts = 5;
/** Requests per connection; by default the service closes it after 100, in the middle of ours. */
const keptRequests = '1000000';
const readyLimitMs = 20_000;

/** VirtualBox keeps a password as the SHA-256 of its bytes, in hexadecimal. */
export const passwordHash = (password: string): string =>
  createHash('sha256').update(password, 'utf8').digest('hex');

/** What a line of the service's output says about its port. */
export const judgeLine = (line: string): 'ready' | 'failed' | undefined => {
  if (/Socket connection successful: host = \S+, port = \d+/.test(line)) return 'ready';
  return /#### SOAP FAULT:/.test(line) ? 'failed' : undefined;
};

/** Keys of ours that an older run could not remove. */
export const staleKeys = (globalExtraData: string): readonly string[] =>
  Object.keys(parseExtraData(globalExtraData)).filter((key) => key.startsWith(keyPrefix));

const removeStaleKeys = async (manage: VBoxManage): Promise<void> => {
  const stale = staleKeys(await manage.read(['getextradata', 'global', 'enumerate']));
  for (const key of stale) await manage.change(['setextradata', 'global', key]);
};

/** `-A` is written into VirtualBox's settings for good, so what stood there is put back. */
const formerLibrary = async (manage: VBoxManage): Promise<string> => {
  const blocks = parseBlocks(await manage.read(['list', 'systemproperties']));
  const found = blocks.map((block) => block['Webservice auth. library']).find((value) => value);
  // VirtualBox's own default is shown by its name.
  return found === undefined || found === 'VBoxAuth' ? 'default' : found;
};

interface Running {
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly end: () => Promise<void>;
}

/** Resolves when the service listens; rejects with its own words when it does not. */
const launch = (options: WebServiceOptions, port: number): Promise<Running> =>
  new Promise((resolve, reject) => {
    const args = [
      '-H',
      '127.0.0.1',
      '-p',
      String(port),
      '-A',
      authLibrary,
      '-t',
      '0',
      '-k',
      keptRequests,
    ];
    const [file = options.path, ...rest] = [...endsWithUs(), options.path, ...args];
    const env = vboxEnv(options.env);
    const child = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<void>((done) => child.once('close', () => done()));
    const end = async (): Promise<void> => {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 4000);
      await ended;
      clearTimeout(hard);
    };
    let unread = '';
    let last = '';
    const fail = (reason: string): void => {
      clearTimeout(timer);
      reject(failure('virtualbox/web-service', { reason }));
      void end();
    };
    const timer = setTimeout(
      () => fail(`It did not listen for ${readyLimitMs / 1000} s.`),
      readyLimitMs,
    );
    const onLines = (chunk: string): void => {
      const lines = (unread + chunk).split('\n');
      unread = lines.pop() ?? '';
      for (const line of lines) {
        last = line;
        const verdict = judgeLine(line);
        if (verdict === 'failed') fail(line.trim());
        if (verdict !== 'ready') continue;
        clearTimeout(timer);
        resolve({ pid: child.pid ?? 0, ended, end });
      }
    };
    child.stdout.setEncoding('utf8').on('data', onLines);
    child.stderr.setEncoding('utf8').on('data', onLines);
    child.once('error', (error) => fail(error.message));
    child.once('close', () => fail(`It ended: ${last.trim()}`));
  });

const launchSomewhere = async (
  options: WebServiceOptions,
): Promise<{ readonly running: Running; readonly port: number }> => {
  let problem: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = await (options.ports ?? freeLoopbackPort)();
    try {
      return { running: await launch(options, port), port };
    } catch (error) {
      problem = error;
      options.log.info('vboxwebsrv did not start', { port, error: String(error) });
    }
  }
  throw problem;
};

/** Starts the service and logs on. Rejects with `virtualbox/web-service`; nothing is left behind then. */
export const startWebService = async (options: WebServiceOptions): Promise<WebService> => {
  const { manage } = options;
  await removeStaleKeys(manage);
  const former = await formerLibrary(manage);
  const user = `polyvisor-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(24).toString('base64url');
  const key = `${authLibrary}/users/${user}`;
  await manage.change(['setextradata', 'global', key, passwordHash(password)]);
  try {
    const { running, port } = await launchSomewhere(options);
    try {
      const call = createSoap(port);
      const answer = await call('IWebsessionManager_logon', { username: user, password });
      const virtualBox = valueOf(answer);
      if (!virtualBox) throw failure('virtualbox/web-service', { reason: 'It gave no session.' });
      return { call, virtualBox, port, pid: running.pid, ended: running.ended, stop: running.end };
    } catch (error) {
      await running.end();
      throw error;
    }
  } finally {
    await manage.change(['setextradata', 'global', key]);
    await manage.change(['setproperty', 'websrvauthlibrary', former]);
  }
};
