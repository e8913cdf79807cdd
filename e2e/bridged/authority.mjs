// Who is asked for an authorisation on the host of these tests, instead of polkit (which has tests of its own, in a
// Debian guest): a file holds the answer of the person, and every question is written down. The program it allows is
// the real one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The only program that may be allowed. */
export const helper = '/usr/lib/polyvisor/polyvisor-net-helper';

const socket = '/run/authority.sock';

/** As pkexec(1) ends: dismissed by the person; not authorised. */
const refusals = {
  dismiss: {
    code: 126,
    stdout: '',
    stderr: 'Error executing command as another user: Request dismissed\n',
  },
  refuse: {
    code: 127,
    stdout: '',
    stderr: 'Error executing command as another user: Not authorized\n',
  },
};

/** Runs the program as root of this host, with pkexec's environment. */
export async function allowed(input) {
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    PKEXEC_UID: String(process.getuid?.() ?? 0),
  };
  const child = spawn(helper, [], { env, stdio: 'pipe' });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

/** `folder/answer` holds grant, dismiss or refuse; `folder/asked` gets a line of JSON for every question. */
export async function startAuthority(folder) {
  const server = createServer({ allowHalfOpen: true }, async (connection) => {
    connection.on('error', () => undefined);
    // Not `text`, which closes what it has read.
    let question = '';
    connection.setEncoding('utf8').on('data', (words) => (question += words));
    await once(connection, 'end');
    const { argv, input } = JSON.parse(question);
    const answer = readFileSync(join(folder, 'answer'), 'utf8').trim();
    appendFileSync(
      join(folder, 'asked'),
      `${JSON.stringify({ argv, requests: JSON.parse(input), answer })}\n`,
    );
    const isRight =
      argv.length === 2 && argv[0] === '--disable-internal-agent' && argv[1] === helper;
    const result =
      answer === 'grant' && isRight
        ? await allowed(input)
        : refusals[answer === 'dismiss' ? answer : 'refuse'];
    connection.end(JSON.stringify(result));
  });
  server.listen(socket);
  await once(server, 'listening');
  return () => server.close();
}
