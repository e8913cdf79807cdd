// `npm run bench`: measures and prints one table. A missed target is printed as missed; the exit
// code is 0 as long as everything could be measured.
// --quick         fewer repetitions
// --only=a,b      parts: launch, core, window, memory, virtualbox
// --save          puts the table into docs/performance.md
import { cpus, loadavg, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';
import { prepare } from '../../build/setup/prepare.mjs';
import { reportFailure, step } from '../../build/setup/say.mjs';
import { measureCore } from './measure-core.mjs';
import { measureLaunch } from './measure-launch.mjs';
import { measureMemory } from './measure-memory.mjs';
import { measureVirtualBox } from './measure-virtualbox.mjs';
import { measureWindow } from './measure-window.mjs';
import { saveTable } from './save-table.mjs';
import { startScreen } from './screen.mjs';
import { notesOf, textTable } from './table.mjs';

const parts = {
  core: { title: 'Start overhead and events, core alone', measure: measureCore },
  launch: { title: 'Launch to list', measure: measureLaunch },
  window: { title: 'Window with a running VM', measure: measureWindow },
  memory: { title: 'Memory', measure: measureMemory },
  virtualbox: { title: 'VirtualBox, core alone', measure: measureVirtualBox },
};

const args = process.argv.slice(2);
const isQuick = args.includes('--quick');
const only = args.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const names = only === undefined ? Object.keys(parts) : only.split(',');

function describeMachine(electron) {
  const qemu = execFileSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
  return [
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Linux, Xvfb 1280 × 900, software rendering`,
    `Electron ${electron.version} (${electron.kind}), Node ${process.versions.node}`,
    `QEMU ${/version ([\d.]+)/.exec(qemu)?.[1]} (TCG)`,
    process.getuid?.() === 0 ? 'as root: without Chromium’s sandbox' : 'with Chromium’s sandbox',
  ].join('; ');
}

async function main() {
  for (const name of names) {
    if (!(name in parts)) throw new Error(`no part "${name}": ${Object.keys(parts).join(', ')}`);
  }
  const purposes = ['run', 'display', 'test'];
  const electron = await prepare({ purposes, isYes: true, mayAsk: false });
  const load = [loadavg()[0]];
  const rows = [];
  const screen = await startScreen();
  try {
    for (const name of names) {
      const { title, measure } = parts[name];
      step(title);
      rows.push(...(await measure({ screen, electron: electron.binary, isQuick })));
      load.push(loadavg()[0]);
    }
  } finally {
    await screen.stop();
  }
  const shownLoad = load.map((value) => value.toFixed(1)).join(', ');
  const machine = `${describeMachine(electron)}; load average before and after each part ${shownLoad}`;
  console.log(`\n${textTable(rows)}\n\n${notesOf(rows).join('\n')}\n\n${machine}`);
  if (args.includes('--save')) await saveTable({ rows, machine, isQuick });
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
