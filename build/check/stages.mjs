// The stages of `npm test`, in order. Add a row here.
// runs: "check" is one command that is clean or not; "vitest" and "playwright" count their tests.
// choice: which of its tests; a second try names failed files instead (see run-stage.mjs).
// builds: the parts (see build-app.mjs) that have to be built before; none for stages that only
// read the source.
// as: who runs it when the whole is started by root; "user" is an ordinary user, where faults show, and
// "kvm" that user with access to /dev/kvm lent, and "virtualbox" that user where a VirtualBox without
// vboxdrv is: on this host or in the provisioned root (see e2e/vbox/place.mjs).
// needsDebian: starts the Debian guest of e2e/harness/debian, whose disk has to be made first.
import { join } from 'node:path';
import { root } from '../setup/paths.mjs';

const tool = (path) => join(root, 'node_modules', path);
const own = (path) => join(root, 'build/check', path);
const vitest = (...projects) => [
  'node_modules/vitest/vitest.mjs',
  'run',
  ...projects.flatMap((project) => ['--project', project]),
  '--reporter=default',
  '--reporter=./build/check/vitest-counts.mjs',
];
/** For a tree whose node_modules another wrote, and the provisioned root's own Node. */
const elsewhere = ['--configLoader', 'runner', '--no-cache'];
const minutes = (count) => count * 60_000;

export const stages = [
  { name: 'types', group: 'check', runs: 'check', argv: [own('typecheck.mjs')] },
  {
    name: 'lint',
    group: 'check',
    runs: 'check',
    argv: [tool('eslint/bin/eslint.js'), '.', '--max-warnings=0'],
  },
  {
    name: 'format',
    group: 'check',
    runs: 'check',
    argv: [tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  { name: 'boundaries', group: 'check', runs: 'check', argv: [own('boundaries.mjs')] },
  { name: 'unused code', group: 'check', runs: 'check', argv: [tool('knip/bin/knip.js')] },
  { name: 'file length', group: 'check', runs: 'check', argv: [own('file-length.mjs')] },
  { name: 'unit', runs: 'vitest', as: 'user', argv: vitest('unit', 'renderer') },
  {
    name: 'integration',
    runs: 'vitest',
    builds: ['guests', 'core'],
    as: 'user',
    argv: vitest('integration'),
  },
  {
    // The KVM of this very machine; absent counts too, and its test says so.
    name: 'kvm',
    runs: 'vitest',
    builds: ['guests'],
    as: 'kvm',
    argv: vitest('kvm'),
  },
  {
    name: 'e2e',
    runs: 'playwright',
    builds: ['guests', 'app'],
    as: 'user',
    hasDisplay: true,
    argv: [
      'node_modules/@playwright/test/cli.js',
      'test',
      '--config=e2e/playwright.config.ts',
      '--reporter=list,./build/check/playwright-counts.mjs',
    ],
  },
  {
    // The window on a host of its own, where a network card may really move into a bridge.
    name: 'bridged e2e',
    group: 'e2e',
    runs: 'playwright',
    builds: ['guests', 'app'],
    as: 'user',
    hasDisplay: true,
    argv: [
      'e2e/bridged/in-namespace.mjs',
      ...['node', 'node_modules/@playwright/test/cli.js', 'test'],
      '--config=e2e/bridged/playwright.config.ts',
      '--reporter=list,./build/check/playwright-counts.mjs',
    ],
  },
  {
    // What asks for root rights, asked of a whole host of its own.
    name: 'network',
    runs: 'vitest',
    builds: ['guests', 'core'],
    as: 'user',
    needsDebian: true,
    argv: vitest('network'),
  },
  // In parts that each have their own limit: guests in software take their time.
  ...[1, 2, 3, 4, 5, 6].map((part) => ({
    name: `virtualbox ${part}`,
    group: 'virtualbox',
    runs: 'vitest',
    builds: ['guests', 'core'],
    as: 'virtualbox',
    argv: [...vitest(), '--config=vitest.virtualbox.config.ts', ...elsewhere],
    choice: [`--shard=${part}/6`],
  })),
  {
    // The same promises on a newer QEMU than the host's.
    name: 'newest qemu',
    group: 'virtualbox',
    runs: 'vitest',
    builds: ['guests'],
    as: 'virtualbox',
    argv: [...vitest('integration'), ...elsewhere],
    choice: ['conformance', 'lifecycle', 'live', 'saved-state', 'hardware', 'adoption'].map(
      (name) => `electron/drivers/qemu/${name}.itest.ts`,
    ),
  },
  {
    // The window, with Chromium's sandbox, in the place where VirtualBox is.
    name: 'virtualbox e2e',
    group: 'virtualbox',
    runs: 'playwright',
    builds: ['guests', 'app'],
    as: 'virtualbox',
    argv: [
      'e2e/vbox/with-display.mjs',
      ...['node', 'node_modules/@playwright/test/cli.js', 'test'],
      '--config=e2e/vbox-specs/playwright.config.ts',
      '--reporter=list,./build/check/playwright-counts.mjs',
    ],
  },
  {
    name: 'package',
    runs: 'vitest',
    builds: ['guests', 'app', 'core'],
    as: 'root',
    argv: vitest('package'),
  },
].map((stage) => ({
  group: stage.name,
  builds: [],
  choice: [],
  as: 'self',
  limitMs: minutes(20),
  ...stage,
}));

/** Stages that `--only=a,b` names, by stage or by group; all of them without it. */
export function chosenStages(only, all = stages) {
  if (only === undefined) return all;
  const names = only.split(',');
  for (const name of names) {
    if (!all.some((stage) => stage.name === name || stage.group === name))
      throw new Error(`There is no stage "${name}". Stages: ${all.map((s) => s.name).join(', ')}`);
  }
  return all.filter((stage) => names.includes(stage.name) || names.includes(stage.group));
}
