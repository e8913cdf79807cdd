// Runs one stage and says what it came to: {passed, failed, skipped: [{name, reason}], again: [names]}. What failed is
// tried a second time, file by file and by itself, and `again` names what passed only then.
import { spawn } from 'node:child_process';
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failedFiles, readCounts, replaced, summed, worthAgain } from './counts.mjs';

/** A second try gets what is left of the stage's time, and this much in any case. */
const leastAgainMs = 4 * 60_000;

/**
 * `who` gives {prefix, node, cwd, env}: the user it runs as, and that user's tree; and `scratch`, a
 * folder that user sees, where the temporary one is another.
 */
export async function runStage(stage, who) {
  if (stage.runs === 'check') {
    const { code } = await finish(stage, who, { argv: stage.argv, limitMs: stage.limitMs });
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [], again: [] };
  }
  const started = Date.now();
  const argv = [...stage.argv, ...stage.choice];
  const first = await counted(stage, who, { argv, limitMs: stage.limitMs });
  const files = process.exitCode === 130 ? [] : worthAgain(first.counts);
  if (files.length === 0) return judged(stage, first);
  console.log(`${stage.name}: a second try of what failed: ${files.join(', ')}`);
  const leftMs = stage.limitMs - (Date.now() - started);
  const second = await counted(stage, who, {
    argv: [...stage.argv, ...files],
    limitMs: Math.max(leftMs, leastAgainMs),
  });
  return judgedAgain(stage, { first, second });
}

/** One run of tests: {code, counts}. */
async function counted(stage, who, { argv, limitMs }) {
  const folder = mkdtempSync(join(who.scratch ?? tmpdir(), 'pv-counts-'));
  chmodSync(folder, 0o777);
  const file = join(folder, 'counts.json');
  try {
    const { code } = await finish(stage, who, { argv, limitMs, env: { POLYVISOR_COUNTS: file } });
    return { code, counts: readCounts(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What both runs came to: files that ran again count as they did then, and are named if that saved them. */
export function judgedAgain(stage, { first, second }) {
  // A second run that died saves nothing.
  if (second.counts === undefined) return judged(stage, first);
  const counts = replaced(first.counts, second.counts);
  const still = failedFiles(counts);
  const saved = first.counts.files.filter(
    ({ file, failed }) => failed.length > 0 && !still.includes(file),
  );
  const result = judged(stage, { code: second.code, counts });
  const names = saved.flatMap(({ file, failed }) => failed.map((name) => `${file}: ${name}`));
  return { ...result, again: [...names, ...result.again] };
}

/** Makes sure that neither a crash nor an empty run passes for success. */
export function judged(stage, { code, counts }) {
  const { passed, failed, skipped, again } = summed(counts ?? { files: [], errors: 0 });
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
  return { passed, failed: failed + missing, skipped, again };
}

// Tools take CI=1 for a terminal with colours; a log has none.
function colours() {
  return process.stdout.isTTY ? {} : { NO_COLOR: '1' };
}

async function finish(stage, who, { argv, limitMs, env = {} }) {
  const isQuiet = stage.runs === 'check' || stage.name === 'unit';
  const { code, output, isTimedOut } = await spawned([...who.prefix, who.node, ...argv], {
    env: { ...colours(), ...who.env, ...env },
    cwd: who.cwd,
    isQuiet,
    limitMs,
  });
  if (isTimedOut)
    console.error(`${stage.name}: stopped after ${Math.round(limitMs / 60_000)} minutes`);
  if (code !== 0 && isQuiet) console.error(output.trimEnd());
  return { code };
}

function spawned(argv, { env, cwd, isQuiet, limitMs }) {
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
    }, limitMs);
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
