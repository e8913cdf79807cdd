// Runs programs inside the provisioned Debian root. Needs root rights: they make the namespaces and the mounts.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const script = join(dirname(fileURLToPath(import.meta.url)), 'enter.sh');
// How this machine reaches the network, and how people read output.
const keptVariables =
  /^(LANG|TZ|TERM|NO_COLOR|FORCE_COLOR|npm_config_registry|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$/;

const keptEnv = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => keptVariables.test(name)));

/**
 * The argv that runs `argv` inside `root`. `binds`: folders of the host that appear at the same path inside.
 * `hasOwnNetwork`: no port and no abstract socket of the host is seen or taken, and nothing outside is reached.
 * @param {{root: string, argv: string[], binds?: string[], uid?: number, gid?: number, cwd?: string, hasOwnNetwork?: boolean}} options
 */
export function enterArgv({ root, argv, binds = [], uid = 0, gid = 0, cwd = '/', hasOwnNetwork }) {
  const network = hasOwnNetwork ? ['--net', '--', 'env', 'OWN_NETWORK=1'] : ['--'];
  // prettier-ignore
  return [
    'unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=SIGKILL', ...network,
    '/bin/sh', script, root, String(uid), String(gid), cwd, ...binds, '--', ...argv,
  ];
}

/**
 * Runs a program inside to its end. Everything it started ends with it.
 * @param {Parameters<typeof enterArgv>[0] & {env?: Record<string, string>, stdio?: 'inherit' | 'pipe', timeoutMs?: number}} options
 * @returns {Promise<{code: number | null, output: string}>} `output` is stdout and stderr together when piped.
 */
export function runInside({ env = {}, stdio = 'pipe', timeoutMs, ...where }) {
  const [file = '', ...args] = enterArgv(where);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        ...keptEnv(),
        ...env,
      },
      stdio: stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}
