// Runs one stage and says what it came to: {passed, failed, skipped: [{name, reason}]}.
import { spawn } from 'node:child_process';
import { mkdtempSync, chmodSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `who` gives {prefix, node, cwd, env}: the user it runs as, and that user's tree; and `scratch`, a
 * folder that user sees, where the temporary one is another.
 */
export async function runStage(stage, who) {
  const folder = mkdtempSync(join(who.scratch ?? tmpdir(), 'pv-counts-'));
  chmodSync(folder, 0o777);
  const file = join(folder, 'counts.json');
  try {
    const isQuiet = stage.runs === 'check' || stage.name === 'unit';
    const argv = [...who.prefix, who.node, ...stage.argv];
    const env = { ...colours(), ...who.env, POLYVISOR_COUNTS: file };
    const { code, output, isTimedOut } = await finish(argv, { env, cwd: who.cwd, isQuiet, stage });
    if (isTimedOut) console.error(`${stage.name}: stopped after ${stage.limitMs / 60_000} minutes`);
    if (code !== 0 && isQuiet) console.error(output.trimEnd());
    if (stage.runs === 'check')
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
    return judged(stage, { code, counts: readCounts(file) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes sure that neither a crash nor an empty run passes for success. */
export function judged(stage, { code, counts }) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: [] };
  let missing = 0;
  if (counts === undefined) {
    console.error(`${stage.name}: ended with exit code ${code} before it could count its tests`);
    missing = 1;
  } else if (passed + failed + skipped.length === 0) {
    console.error(`${stage.name}: no test ran, but this stage has to have some`);
    missing = 1;
  } else if (code !== 0 && failed === 0) {
    console.error(`${stage.name}: every test passed, yet it ended with exit code ${code}`);
    missing = 1;
  }
  return { passed, failed: failed + missing, skipped };
}

// Tools take CI=1 for a terminal with colours; a log has none.
function colours() {
  return process.stdout.isTTY ? {} : { NO_COLOR: '1' };
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // The run died before its reporter could write.
  }
}

function finish(argv, { env, cwd, isQuiet, stage }) {
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env,
      // A group of its own, so that a stage that hangs ends with all it started.
      detached: true,
      stdio: ['ignore', isQuiet ? 'pipe' : 'inherit', isQuiet ? 'pipe' : 'inherit'],
    });
    let output = '';
    let isTimedOut = false;
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It is gone already.
      }
    };
    const timer = setTimeout(() => {
      isTimedOut = true;
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), 5000).unref();
    }, stage.limitMs);
    const interrupted = () => {
      end('SIGTERM');
      process.exitCode = 130;
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    const keep = (chunk) => (output += chunk);
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => (output += `${argv[0]}: ${error.message}\n`));
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve({ code, output, isTimedOut });
    });
  });
}
