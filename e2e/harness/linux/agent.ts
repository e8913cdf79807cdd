// The agent of our Linux test guests: a shell loop on a serial port, and the side that talks to it over any
// byte stream (a unix socket, our driver's serial console).
//
// Line to the guest:      RUN <id> <command in base64>
// Lines from the guest:   <<<id>   then the command's output, then   >>>id <exit code>
import type { Duplex } from 'node:stream';

/** Runs as the last part of /init. $1 is the port's device name. */
export const agentScript = `#!/bin/sh
# Obeys commands that arrive on a serial port; see e2e/harness/linux/agent.ts.
port=/dev/$1
stty -F $port raw -echo 115200
exec 3<$port 4>$port
echo AGENT-READY >&4
while read -r verb id code <&3; do
  case "$verb" in
  PING) echo "AGENT-READY" >&4 ;;
  RUN)
    printf '%s' "$code" | base64 -d >/tmp/command
    echo "<<<$id" >&4
    sh /tmp/command </dev/null >&4 2>&4 3<&- 4>&-
    echo ">>>$id $?" >&4
    ;;
  esac
done
`;

export interface RunResult {
  readonly output: string;
  readonly exitCode: number;
}

export interface GuestAgent {
  /** Resolves when the agent answers. */
  readonly ready: (timeoutMs?: number) => Promise<void>;
  /** Runs a shell command line in the guest. A background job must redirect its output. */
  readonly run: (command: string, timeoutMs?: number) => Promise<RunResult>;
  /** Like `run`, but rejects with the output when the exit code is not 0. */
  readonly must: (command: string, timeoutMs?: number) => Promise<string>;
  /** Everything received so far. */
  readonly transcript: () => string;
}

const pingEveryMs = 500;

export const createGuestAgent = (stream: Duplex): GuestAgent => {
  let received = '';
  let nextId = 1;
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const look = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  stream.on('data', (chunk: Buffer | string) => {
    received += String(chunk);
    look();
  });
  stream.on('error', () => undefined);
  stream.on('close', () => {
    hasEnded = true;
    look();
  });
  const until = <T>(find: () => T | undefined, what: string, timeoutMs: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        watchers.delete(watcher);
      };
      const fail = (why: string): void => {
        finish();
        reject(new Error(`${why}: ${what}\n${received.slice(-4000)}`));
      };
      const watcher = (): void => {
        const found = find();
        if (found !== undefined) {
          finish();
          resolve(found);
        } else if (hasEnded) {
          fail('the guest is gone');
        }
      };
      const timer = setTimeout(() => fail(`no answer in ${timeoutMs} ms`), timeoutMs);
      watchers.add(watcher);
      watcher();
    });
  const ready: GuestAgent['ready'] = async (timeoutMs = 180_000) => {
    // A ping, because the greeting may have been sent before anybody listened.
    const timer = setInterval(() => stream.write('PING\n'), pingEveryMs);
    try {
      await until(() => received.includes('AGENT-READY') || undefined, 'agent', timeoutMs);
    } finally {
      clearInterval(timer);
    }
  };
  const run: GuestAgent['run'] = async (command, timeoutMs = 120_000) => {
    const id = `c${nextId++}`;
    stream.write(`RUN ${id} ${Buffer.from(command).toString('base64')}\n`);
    const pattern = new RegExp(`<<<${id}\\r?\\n([\\s\\S]*?)>>>${id} (\\d+)\\r?\\n`);
    const match = await until(() => pattern.exec(received) ?? undefined, command, timeoutMs);
    return { output: (match[1] ?? '').replaceAll('\r\n', '\n'), exitCode: Number(match[2]) };
  };
  const must: GuestAgent['must'] = async (command, timeoutMs) => {
    const { output, exitCode } = await run(command, timeoutMs);
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${command}\n${output}`);
    return output;
  };
  return { ready, run, must, transcript: () => received };
};
