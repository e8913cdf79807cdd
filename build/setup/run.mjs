// Runs the set-up's child processes: argv arrays only, output captured unless asked otherwise.
import { spawn } from 'node:child_process';

const tailLength = 4000;

/**
 * @param {string} file
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, stdio?: 'inherit', timeoutMs?: number}} options
 * Resolves to {code, signal, output, isTimedOut}; never rejects for an exit code. `output` is the
 * tail of stdout and stderr together. A command that cannot be started has code 127.
 */
export function run(file, args, { cwd, env, stdio, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const isInherited = stdio === 'inherit';
    const child = spawn(file, args, {
      cwd,
      // Captured output is shown as text later, so it comes without colours.
      env: isInherited ? env : { ...(env ?? process.env), NO_COLOR: '1' },
      stdio: isInherited ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let isTimedOut = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isTimedOut = true;
            child.kill('SIGKILL');
          }, timeoutMs);
    const keep = (chunk) => {
      output = (output + chunk).slice(-tailLength);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, signal: null, output: error.message, isTimedOut: false });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, output: plain(output), isTimedOut });
    });
  });
}

// Not every tool heeds NO_COLOR. Escape sequences of form CSI ... letter.
function plain(text) {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}

/** An argv as a person would type it. */
export function shown(argv) {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}
