// Where this build looks for newer releases: the address in package.json, asked through Chromium's network stack,
// which knows the desktop's proxy settings.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, session } from 'electron';
import type { UpdateNoticeDeps } from '../updates/update-notice.ts';
import { feedUrlIn } from '../updates/release-feed.ts';

export const releaseSource = (): Pick<
  UpdateNoticeDeps,
  'feedUrl' | 'currentVersion' | 'fetch'
> => ({
  feedUrl: feedUrlIn(readFileSync(join(app.getAppPath(), 'package.json'), 'utf8')),
  currentVersion: app.getVersion(),
  // A session of its own, in memory: the window's lets nothing out, and no cookie is kept.
  fetch: (url, init) => session.fromPartition('releases').fetch(url, init),
});
