// `npm test`: does its own set-up, runs every stage and counts. Node 18 can run this file.
// Options: --only=a,b runs these stages or groups (check, unit, integration, e2e, package).
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStage } from './check/run-stage.mjs';
import { chosenStages } from './check/stages.mjs';
import { hasDisplay, startXvfb } from './setup/display.mjs';
import { ensureNode, isNodeNewEnough } from './setup/node-runtime.mjs';
import { ensureNpmPackages } from './setup/npm-install.mjs';
import { root } from './setup/paths.mjs';
import { prepare } from './setup/prepare.mjs';
import { reportFailure, seconds, step } from './setup/say.mjs';
import { makeTestUser } from './setup/test-user.mjs';

const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const isRoot = process.getuid?.() === 0;

async function setUp(stages) {
  const started = Date.now();
  const purposes = ['run', 'display', 'test'];
  const parts = [...new Set(stages.flatMap((stage) => stage.builds))];
  if (parts.length > 0) await prepare({ purposes, parts, isYes: true, mayAsk: false });
  else await ensureNpmPackages();
  step(`Set-up: ${seconds(started)}`);
}

function mayOpenKvm() {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch (error) {
    return error.code === 'ENOENT';
  }
}

/** Runs the stages in order; what is opened for them is closed whatever happens. */
async function runAll(stages) {
  const totals = { passed: 0, failed: 0, skipped: [] };
  const self = { prefix: [], node: process.execPath, cwd: root, env: { ...process.env, CI: '1' } };
  let user;
  let xvfb;
  try {
    for (const stage of stages) {
      const started = Date.now();
      if (stage.as === 'root' && !isRoot) {
        totals.skipped.push({ name: stage.name, reason: 'installing a package needs root' });
        continue;
      }
      if (stage.as === 'kvm' && !isRoot && !mayOpenKvm()) {
        totals.skipped.push({ name: stage.name, reason: 'this user may not open /dev/kvm' });
        continue;
      }
      const isOther = isRoot && (stage.as === 'user' || stage.as === 'kvm');
      if (isOther) user ??= await makeTestUser();
      const who = isOther
        ? { ...user, prefix: stage.as === 'kvm' ? user.kvmPrefix : user.prefix }
        : self;
      if (stage.hasDisplay && (isRoot || !hasDisplay()))
        xvfb ??= await startXvfb({ prefix: who.prefix, env: who.env });
      const env = stage.hasDisplay && xvfb ? { ...who.env, DISPLAY: xvfb.display } : who.env;
      const { passed, failed, skipped } = await runStage(stage, { ...who, env });
      totals.passed += passed;
      totals.failed += failed;
      totals.skipped.push(
        ...skipped.map((one) => ({ ...one, name: `${stage.name}: ${one.name}` })),
      );
      const verdict = failed === 0 ? 'passed' : 'FAILED';
      step(`${stage.name}: ${verdict} (${passed} passed, ${failed} failed, ${seconds(started)})`);
      if (process.exitCode === 130) break;
    }
  } finally {
    await xvfb?.stop();
    await user?.dispose();
  }
  return totals;
}

async function main() {
  const node = await ensureNode();
  if (!isNodeNewEnough(process.version)) {
    const PATH = `${dirname(node)}:${process.env.PATH ?? ''}`;
    const again = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    return spawnSync(node, again, { stdio: 'inherit', env: { ...process.env, PATH } }).status ?? 1;
  }
  const started = Date.now();
  const stages = chosenStages(only);
  await setUp(stages);
  const { passed, failed, skipped } = await runAll(stages);
  for (const { name, reason } of skipped)
    console.log(`skipped: ${name}: ${reason === '' ? 'no reason given' : reason}`);
  step(`All stages: ${seconds(started)}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed > 0 ? 1 : 0;
}

try {
  const code = await main();
  process.exitCode ||= code;
} catch (error) {
  process.exitCode = reportFailure(error);
}
