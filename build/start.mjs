// `npm start`: from a fresh clone to the window. Node built-ins only, and Node 18 can run it.
// Options: --yes (no questions), --setup-only (everything but the launch), --demo (boots the demo
// guest and exits), --screenshot=PATH; anything else is passed on to the app.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasDisplay, startXvfb } from './setup/display.mjs';
import { ensureNode, isNodeNewEnough } from './setup/node-runtime.mjs';
import { outDir, root } from './setup/paths.mjs';
import { prepare } from './setup/prepare.mjs';
import { notice, reportFailure, step } from './setup/say.mjs';
const own = ['--yes', '--setup-only'];
const args = process.argv.slice(2);
const isYes = args.includes('--yes');
const isDemo = args.includes('--demo');
const isRoot = process.getuid?.() === 0;
const mayAsk = process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Runs this script again in the fetched Node and passes its exit code on. */
function again(node) {
  const path = `${dirname(node)}:${process.env.PATH ?? ''}`;
  return launch(node, [fileURLToPath(import.meta.url), ...args], { ...process.env, PATH: path });
}

// Chromium's own log lines, e.g. "[12:0101/120000.1:ERROR:bus.cc(407)] ...": noise without a bus
// or a GPU; faults of the app are reported by the app.
const chromiumNoise = /^\[\d+:\d{4}\/\d+\.\d+:(ERROR|WARNING|INFO|VERBOSE\d*):/;

function launch(file, argv, env, { isFiltered = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, argv, {
      cwd: root,
      env,
      stdio: ['inherit', 'inherit', isFiltered ? 'pipe' : 'inherit'],
    });
    let rest = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.trim() !== '' && !chromiumNoise.test(line)) process.stderr.write(`${line}\n`);
      }
    });
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const pass = (signal) => child.kill(signal);
    for (const name of signals) process.on(name, pass);
    child.on('error', (error) => {
      console.error(`${file} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

async function start() {
  const node = await ensureNode();
  if (!isNodeNewEnough(process.version)) return again(node);

  const isHeadless = !hasDisplay();
  const purposes = isHeadless ? ['run', 'display'] : ['run'];
  const electron = await prepare({ purposes, parts: ['guests', 'app'], isYes, mayAsk });
  if (args.includes('--setup-only')) {
    step(`Set-up is complete: Electron ${electron.version} (${electron.kind})`);
    return 0;
  }

  const appArgs = args.filter((word) => !own.includes(word));
  const switches = [];
  if (isRoot) {
    notice("You are root, so Chromium's sandbox is off. Start as an ordinary user for daily work.");
    switches.push('--no-sandbox');
  }
  let xvfb;
  const env = { ...process.env };
  if (isHeadless) {
    xvfb = await startXvfb();
    notice(`There is no display: the window is on a virtual one (Xvfb ${xvfb.display}).`);
    env.DISPLAY = xvfb.display;
    switches.push('--disable-gpu');
  }
  if (isDemo && !appArgs.some((word) => word.startsWith('--screenshot=')))
    appArgs.push(`--screenshot=${join(outDir, 'demo.png')}`);
  step(isDemo ? 'Starting the demo' : 'Starting Polyvisor');
  try {
    return await launch(electron.binary, [...switches, root, ...appArgs], env, {
      isFiltered: true,
    });
  } finally {
    await xvfb?.stop();
  }
}

try {
  process.exitCode = await start();
} catch (error) {
  process.exitCode = reportFailure(error);
}
