// The look for a newer release against a real loopback HTTP server: once a day, silent on failure, switchable.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice } from '../../shared/state/app-state.ts';
import { silentLogger } from '../log/logger.ts';
import { feedUrlIn, isNewer } from './release-feed.ts';
import { startUpdateNotice, type UpdateNotice, type UpdateNoticeDeps } from './update-notice.ts';

const dayMs = 86_400_000;
let server: Server;
let folder: string;
let requests = 0;
let answer: (response: ServerResponse) => void;
let clock = 1_000 * dayMs;
let notices: Notice[];
let running: UpdateNotice[];

const json = (value: unknown) => (response: ServerResponse) => {
  response.end(JSON.stringify(value));
};
/** The product insists on https; here the same request goes to the loopback server. */
const toLoopback: UpdateNoticeDeps['fetch'] = (_url, init) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, init);

const start = (more: Partial<UpdateNoticeDeps> = {}): UpdateNotice => {
  const notice = startUpdateNotice({
    feedUrl: 'https://releases.example/latest.json',
    currentVersion: '1.2.3',
    cacheDir: folder,
    fetch: toLoopback,
    now: () => clock,
    isOn: () => true,
    onNotice: (told) => notices.push(told),
    log: silentLogger,
    ...more,
  });
  running.push(notice);
  return notice;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pv-u-'));
  requests = 0;
  notices = [];
  running = [];
  answer = json({ version: '1.3.0', url: 'https://releases.example/1.3.0' });
  server = createServer((_request, response) => {
    requests += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const notice of running) notice.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

describe('the notice of a newer release', () => {
  it('tells version and page of a newer release', async () => {
    await start().settled();
    expect(notices).toEqual([
      {
        id: 'update',
        tone: 'info',
        text: { key: 'update.newer', params: { version: '1.3.0', current: '1.2.3' } },
        url: 'https://releases.example/1.3.0',
      },
    ]);
  });

  it('stays silent about the same and older releases', async () => {
    answer = json({ version: '1.2.3', url: 'https://releases.example/' });
    await start().settled();
    expect(requests).toBe(1);
    expect(notices).toEqual([]);
  });

  it('asks once a day, also over restarts', async () => {
    await start().settled();
    await start().settled();
    clock += dayMs - 1;
    await start().settled();
    expect(requests).toBe(1);
    clock += 1;
    await start().settled();
    expect(requests).toBe(2);
  });

  it('asks again when the clock was set back', async () => {
    await start().settled();
    clock -= 400 * dayMs;
    await start().settled();
    expect(requests).toBe(2);
  });

  it('asks nothing when switched off, without a feed, or when the feed is not https', async () => {
    await start({ isOn: () => false }).settled();
    await start({ feedUrl: undefined }).settled();
    await start({ feedUrl: '' }).settled();
    await start({ feedUrl: 'http://releases.example/latest.json' }).settled();
    expect(requests).toBe(0);
  });

  it.each([
    ['a server error', (response: ServerResponse) => void response.writeHead(500).end()],
    ['nonsense', (response: ServerResponse) => void response.end('<html>')],
    ['a wrong shape', json({ version: 7 })],
    ['a page that is not https', json({ version: '9.0.0', url: 'javascript:alert(1)' })],
    ['a cut connection', (response: ServerResponse) => void response.destroy()],
    [
      'a redirect',
      (response: ServerResponse) => void response.writeHead(302, { location: '/' }).end(),
    ],
    ['a flood', (response: ServerResponse) => void response.end(`"${'x'.repeat(100_000)}"`)],
  ])('survives %s in silence and waits a day', async (_name, failing) => {
    answer = failing;
    await start().settled();
    await start().settled();
    expect(requests).toBe(1);
    expect(notices).toEqual([]);
  });

  it('looks although its memory file is damaged or its folder cannot be written', async () => {
    await writeFile(join(folder, 'update-check.json'), '{broken');
    await start().settled();
    expect(requests).toBe(1);
    expect(JSON.parse(await readFile(join(folder, 'update-check.json'), 'utf8'))).toMatchObject({
      checkedAt: clock,
    });
    await start({ cacheDir: '/dev/null/nowhere' }).settled();
    expect(notices).toHaveLength(2);
  });
});

describe('the address of the feed', () => {
  it('is what package.json names; none is no address', () => {
    expect(feedUrlIn('{"polyvisor":{"releaseFeed":"https://x.example/"}}')).toBe(
      'https://x.example/',
    );
    expect(feedUrlIn('{"polyvisor":{"releaseFeed":""}}')).toBeUndefined();
    expect(feedUrlIn('{}')).toBeUndefined();
  });
});

describe('versions', () => {
  it.each([
    ['1.2.4', '1.2.3', true],
    ['1.10.0', '1.9.9', true],
    ['2.0.0-rc.1', '1.9.9', true],
    ['2.0.0', '2.0.0-rc.1', true],
    ['2.0.0-rc.10', '2.0.0-rc.9', true],
    ['2.0.0-rc.1', '2.0.0', false],
    ['1.2.3', '1.2.3', false],
    ['1.2.2', '1.2.3', false],
    ['one', '1.2.3', false],
  ])('%s newer than %s: %s', (candidate, current, expected) => {
    expect(isNewer(candidate, current)).toBe(expected);
  });
});
