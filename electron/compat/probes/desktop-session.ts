// desktop.session: does systemd run for this user? Then machines get a scope of their own and outlive the logout.
import { AppFailure } from '../../../shared/contract/errors.ts';
import { text } from '../../../shared/model/text.ts';
import { couldNotLook, type Probe, type ProbeResult } from './probe.ts';

const args = ['--user', 'is-system-running'] as const;
/** Exit codes of is-system-running: 0 running, otherwise the printed word says what. */
const okExitCodes = [0, 1, 2, 3, 4];

const without = (raw: string): ProbeResult => ({
  verdict: 'info',
  sentence: text('host.sentence.sessionNo'),
  raw,
  remedies: [],
});

export const desktopSession: Probe = {
  id: 'desktop.session',
  category: 'desktop',
  title: 'host.check.session',
  tested: `systemctl ${args.join(' ')}`,
  affects: 'none',
  startsProgram: true,
  run: async (host) => {
    try {
      const { env, signal } = host;
      const options = { timeoutMs: 5000, okExitCodes, env, signal };
      const { stdout, stderr, exitCode } = await host.exec('systemctl', args, options);
      const word = stdout.trim();
      const said = [word, stderr.trim()].filter((line) => line !== '').join('\n');
      const raw = said || `exit code ${exitCode}`;
      // `degraded`: some unit of the user failed; scopes work all the same.
      const runs = ['running', 'degraded', 'starting', 'initializing'].includes(word);
      if (!runs) return without(raw);
      return { verdict: 'good', sentence: text('host.sentence.sessionYes'), raw, remedies: [] };
    } catch (error) {
      const isMissing = error instanceof AppFailure && error.error.code === 'process/not-found';
      if (isMissing) return without('systemctl is not installed');
      return couldNotLook('systemd', error instanceof Error ? error.message : String(error));
    }
  },
};
