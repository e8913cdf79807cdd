// A private session bus (real dbus-daemon) for one test, with its folder. No desktop takes part.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endsWithUs } from '../../electron/process/clean-start.ts';

export interface SessionBus {
  /** For DBUS_SESSION_BUS_ADDRESS. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** Without service files: nothing installed on this machine may be activated and answer instead of a test. */
const config = (socket: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

export const startSessionBus = async (): Promise<SessionBus> => {
  const folder = await mkdtemp(join(tmpdir(), 'pv-bus-'));
  const file = join(folder, 'bus.conf');
  await writeFile(file, config(join(folder, 'bus')));
  const [program = '', ...tie] = [...endsWithUs(), 'dbus-daemon'];
  const daemon = spawn(
    program,
    [...tie, `--config-file=${file}`, '--nofork', '--nopidfile', '--print-address'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [line] = (await once(daemon.stdout, 'data')) as [Buffer];
  return {
    address: line.toString().trim(),
    stop: async () => {
      if (daemon.exitCode === null && daemon.signalCode === null) {
        daemon.kill();
        await once(daemon, 'exit');
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
};
