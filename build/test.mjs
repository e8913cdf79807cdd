// `npm test`: does its own set-up, runs every stage and counts. Node 18 can run this file.
// Options: --only=a,b runs these stages or groups (check, unit, integration, e2e, network, virtualbox, package).
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  lendDebianGuest,
  provisionDebianGuest,
  whyNoDebianGuest,
} from '../e2e/harness/debian/provision.mjs';
import { lendLinuxGuest, provideLinuxGuest } from '../e2e/harness/linux/debian-package.mjs';
import { userInside, virtualBoxPlace } from '../e2e/vbox/place.mjs';
import { provision } from '../e2e/vbox/provision.mjs';
import { runStage } from './check/run-stage.mjs';
import { chosenStages } from './check/stages.mjs';
import { hasDisplay, startXvfb } from './setup/display.mjs';
import { ensureNode, isNodeNewEnough } from './setup/node-runtime.mjs';
import { ensureNpmPackages } from './setup/npm-install.mjs';
import { root } from './setup/paths.mjs';
import { ensurePackages } from './setup/system-packages.mjs';
import { prepare } from './setup/prepare.mjs';
import { notice, reportFailure, seconds, step } from './setup/say.mjs';
import { makeTestUser } from './setup/test-user.mjs';

const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const isRoot = process.getuid?.() === 0;

async function setUp(stages, place) {
  const started = Date.now();
  const purposes = ['run', 'display', 'test'];
  const isDebianWanted = isRoot && stages.some((stage) => stage.needsDebian);
  if (place.kind === 'root' || isDebianWanted)
    await ensurePackages(['provision'], { isYes: true, mayAsk: false });
  // Network and disk work, while the rest is set up and the source is checked; judged where it is awaited.
  if (place.kind === 'root') place.provisioned = provision();
  if (isDebianWanted) place.debian = provisionDebianGuest();
  for (const made of [place.provisioned, place.debian]) made?.catch(() => undefined);
  const parts = [...new Set(stages.flatMap((stage) => stage.builds))];
  if (parts.length > 0) await prepare({ purposes, parts, isYes: true, mayAsk: false });
  else await ensureNpmPackages();
  // Where VirtualBox is provisioned there is no network to fetch from.
  if (place.kind === 'root') place.linuxGuest = provideLinuxGuest();
  place.linuxGuest?.catch(() => undefined);
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

/** Why a stage cannot run here, or undefined. */
function whySkipped(stage, place) {
  if (stage.as === 'root' && !isRoot) return 'installing a package needs root';
  if (stage.as === 'kvm' && !isRoot && !mayOpenKvm()) return 'this user may not open /dev/kvm';
  if (stage.needsDebian && !isRoot) return whyNoDebianGuest();
  return stage.as === 'virtualbox' && place.kind === 'none' ? place.reason : undefined;
}

/** Who runs a stage that root does not run itself, on this host or inside the provisioned root. */
async function otherUser(stage, user, place) {
  if (stage.as === 'kvm') return { ...user, prefix: user.kvmPrefix };
  if (stage.as !== 'virtualbox' || place.kind !== 'root') return user;
  const { root: provisioned } = await place.provisioned;
  try {
    await place.linuxGuest;
    await lendLinuxGuest(user);
  } catch (error) {
    notice(`No Linux guest for the tests of VirtualBox: ${error.message}`);
  }
  return userInside(provisioned, user);
}

/** Runs one stage as `who` and adds what it came to. */
async function runOne(stage, who, totals) {
  const started = Date.now();
  const { passed, failed, skipped, again } = await runStage(stage, who);
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped.push(...skipped.map((one) => ({ ...one, name: `${stage.name}: ${one.name}` })));
  totals.again.push(...again.map((name) => `${stage.name}: ${name}`));
  const verdict = failed === 0 ? 'passed' : 'FAILED';
  step(`${stage.name}: ${verdict} (${passed} passed, ${failed} failed, ${seconds(started)})`);
}

/** Runs the stages in order; what is opened for them is closed whatever happens. */
async function runAll(stages, place) {
  const totals = { passed: 0, failed: 0, skipped: [], again: [] };
  const self = { prefix: [], node: process.execPath, cwd: root, env: { ...process.env, CI: '1' } };
  let user;
  let xvfb;
  try {
    for (const stage of stages) {
      const reason = whySkipped(stage, place);
      if (reason !== undefined) {
        totals.skipped.push({ name: stage.name, reason });
        continue;
      }
      try {
        // Tests wait for time-outs: they get the machine to themselves. The checks of the source need not.
        if (stage.runs !== 'check')
          await Promise.allSettled([place.provisioned, place.debian, place.linuxGuest]);
        const isOther = isRoot && ['user', 'kvm', 'virtualbox'].includes(stage.as);
        if (isOther) user ??= await makeTestUser();
        const who = isOther ? await otherUser(stage, user, place) : self;
        if (stage.needsDebian && isOther) lendDebianGuest(await place.debian, user);
        if (stage.hasDisplay && (isRoot || !hasDisplay()))
          xvfb ??= await startXvfb({ prefix: who.prefix, env: who.env });
        const env = stage.hasDisplay && xvfb ? { ...who.env, DISPLAY: xvfb.display } : who.env;
        await runOne(stage, { ...who, env }, totals);
      } catch (error) {
        // One stage that cannot begin is a failure of that stage; the others still tell theirs.
        reportFailure(error);
        totals.failed += 1;
        step(`${stage.name}: FAILED (it could not begin)`);
      }
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
  const isVirtualBoxWanted = stages.some((stage) => stage.as === 'virtualbox');
  const place = isVirtualBoxWanted ? virtualBoxPlace() : { kind: 'none' };
  await setUp(stages, place);
  const { passed, failed, skipped, again } = await runAll(stages, place);
  for (const { name, reason } of skipped)
    console.log(`skipped: ${name}: ${reason === '' ? 'no reason given' : reason}`);
  for (const name of again) console.log(`passed only when it was tried again: ${name}`);
  if (again.length > 0) step(`${again.length} tests passed only when they were tried again`);
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
