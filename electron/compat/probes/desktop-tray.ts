// desktop.tray: does the desktop show tray icons (a StatusNotifier watcher on the session bus)?
import { AppFailure } from '../../../shared/contract/errors.ts';
import { text } from '../../../shared/model/text.ts';
import { couldNotLook, remediesOf, type Probe } from './probe.ts';

const watcher = 'org.kde.StatusNotifierWatcher';
// prettier-ignore
const args = ['--user', 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner', 's', watcher];

export const desktopTray: Probe = {
  id: 'desktop.tray',
  category: 'desktop',
  title: 'host.check.tray',
  tested: `busctl ${args.join(' ')}`,
  affects: 'none',
  startsProgram: true,
  run: async (host) => {
    const { env, signal } = host;
    if (!env['DBUS_SESSION_BUS_ADDRESS'] && !env['XDG_RUNTIME_DIR']) {
      return {
        verdict: 'info',
        sentence: text('host.sentence.noBus'),
        raw: 'no session bus',
        remedies: [],
      };
    }
    try {
      const { stdout } = await host.exec('busctl', args, { timeoutMs: 5000, env, signal });
      // Answers `b true` or `b false`.
      const isThere = /\bb true\b/.test(stdout);
      return {
        verdict: isThere ? 'good' : 'info',
        sentence: text(isThere ? 'host.sentence.trayYes' : 'host.sentence.trayNo'),
        raw: stdout.trim() || 'no answer',
        remedies: isThere ? [] : remediesOf(host, 'installTray'),
      };
    } catch (error) {
      const said = error instanceof AppFailure ? error.error.command?.stderrTail : undefined;
      return couldNotLook('The session bus', said || String(error));
    }
  },
};
