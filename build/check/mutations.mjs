// Breaks one rule of the decision after the other in a copy of the source and expects the specs to notice.
// A rule nobody misses is a rule nobody tests. Run by itself: node build/check/mutations.mjs [name part]
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../setup/paths.mjs';
import { run } from '../setup/run.mjs';

const copied = [
  'shared',
  'electron/compat',
  'electron/process',
  'electron/log',
  'electron/persist',
  'electron/drivers/types.ts',
];
const specs = [
  'electron/compat/decide.spec.ts',
  'electron/compat/decide-memory.spec.ts',
  'electron/compat/decide-worked.spec.ts',
  'electron/compat/arbiter.spec.ts',
  'electron/compat/decide.property.spec.ts',
  'electron/compat/evaluate.spec.ts',
  'electron/compat/table/vboxdrv-on-kernel.spec.ts',
];
const judge = 'electron/compat/judge-engine.ts';
const decide = 'electron/compat/decide.ts';
const facts = 'electron/compat/engine-facts.ts';
const evaluate = 'electron/compat/evaluate.ts';
const kernel = 'electron/compat/table/vboxdrv-on-kernel.ts';
const arbiter = 'electron/compat/arbiter.ts';
const networks = 'electron/compat/table/networks.ts';
const features = 'electron/compat/features.ts';

/** Rule, file, what stands there (exactly once), what it becomes. Add a row here with a new rule. */
const mutations = [
  [
    'an unusable engine is refused',
    judge,
    "fact.standing === 'unusable'",
    "fact.standing === ('never' as string)",
  ],
  [
    'a slow engine waits for the others',
    judge,
    "obstacles.push({ tier: 'slow',",
    "obstacles.push({ tier: 'free',",
  ],
  [
    'an unchecked engine is unknown',
    judge,
    "} else if (fact.standing === 'unknown') {",
    "} else if (fact.standing === ('never' as string)) {",
  ],
  [
    'an engine held by others is refused',
    judge,
    'isSameBackend(exclusion.backend, backend)',
    'false',
  ],
  [
    'saved memory binds',
    judge,
    'input.savedState && !isSameBackend(input.savedState, backend)',
    'false',
  ],
  [
    'a failed requirement refuses',
    judge,
    "? { tier: 'refused', reason: verdict.reason, remedy: verdict.remedy }",
    "? { tier: 'free', reason: verdict.reason, remedy: verdict.remedy }",
  ],
  [
    'an unknown requirement asks',
    judge,
    ": { tier: 'consent', reason: verdict.reason },",
    ": { tier: 'free', reason: verdict.reason },",
  ],
  [
    'an unknown requirement asks in spite of a pin',
    judge,
    "hasDoubts ||= verdict.kind === 'unknown';",
    '',
  ],
  [
    'a missing preference costs and is named',
    judge,
    "} else if (verdict.kind === 'no') { lost.push(verdict.reason);",
    "} else if (verdict.kind === 'no') {",
  ],
  [
    'software is said to be slow',
    judge,
    "engine.speed === 'software' && !familyById(definition.family).isLight",
    'false',
  ],
  [
    'an engine that is never automatic asks',
    judge,
    'if (!engine.isAutomatic) {',
    'if (false as boolean) {',
  ],
  ['early crashes count', judge, 'crashes >= crashesThatCount', 'crashes > 1000'],
  ['one crash does not count', judge, 'const crashesThatCount = 2;', 'const crashesThatCount = 1;'],
  [
    'habit decides near ties',
    decide,
    'const first = habit ?? tied.reduce(nearerTheFamily);',
    'const first = tied.reduce(nearerTheFamily);',
  ],
  [
    'the family decides near ties',
    decide,
    'const first = habit ?? tied.reduce(nearerTheFamily);',
    'const first = habit ?? top;',
  ],
  [
    'old families prefer software',
    judge,
    'family.softwareFirst === undefined ? weight.software : weight.softwareWhereItSuits',
    'weight.software',
  ],
  [
    'a pin is followed',
    decide,
    'if (pinId !== undefined) return choosePinned',
    'if (pinId === ("never" as string)) return choosePinned',
  ],
  [
    'a pin for this time wins',
    decide,
    'input.pin ?? input.definition.pin',
    'input.definition.pin ?? input.pin',
  ],
  [
    'a failing pin is asked about',
    decide,
    "outcome: { kind: 'ask', backend: other.backend, question },",
    "outcome: { kind: 'use', backend: other.backend },",
  ],
  [
    'nothing is asked while the hypervisor is looked at',
    decide,
    'if (!first || isStillAnswering(input.driver)) return noChoice(ranked);',
    'if (!first) return noChoice(ranked);',
  ],
  [
    'the reason is what kept the ideal engine away',
    decide,
    'if (ideal && why) return',
    'if (ideal && why && (false as boolean)) return',
  ],
  [
    'only good engines of others are suggested',
    decide,
    "fact?.standing !== 'usable' || !engine.isAutomatic",
    'false',
  ],
  [
    'the word of the user cannot conjure up a device',
    facts,
    "canForce(input.kvm) ? 'decision.because.kvmForced' : undefined",
    "(true as boolean) ? 'decision.because.kvmForced' : undefined",
  ],
  [
    'the word of the user counts',
    facts,
    'isForced && forcedReason !== undefined',
    '(false as boolean) && forcedReason !== undefined',
  ],
  [
    'a loaded host is not a slow KVM',
    facts,
    'return input.isParavirtualKvm',
    'return (true as boolean)',
  ],
  [
    'could not look is not a no',
    facts,
    "return { ...assumed, standing: 'unknown', reason };",
    "return { ...assumed, standing: 'unusable', reason };",
  ],
  ['no wins over unknown', evaluate, "verdicts.find((verdict) => verdict.kind === 'no') ??", ''],
  [
    'software needs no SMM',
    evaluate,
    "requirement.onlyNative && subject.engine.speed === 'software'",
    'false',
  ],
  ['the limit itself is allowed', evaluate, 'wanted >= limit ? yes', 'wanted > limit ? yes'],
  [
    'a limit costs',
    judge,
    "score += feature.need === 'required' ? weight.requiredLimited",
    "score += feature.need === 'required' ? 0",
  ],
  [
    'a development build costs',
    judge,
    "young.build === 'development' ? weight.developmentBuild",
    "young.build === 'development' ? 0",
  ],
  ['a port by others costs', judge, ': weight.portOfOthers;', ': 0;'],
  ['a burden costs', judge, 'score += burden.score;', ''],
  [
    'software in the place of a busy engine is asked about',
    decide,
    'if (isFree(first) && isMakeshift && busy',
    'if ((false as boolean) && isFree(first) && isMakeshift && busy',
  ],
  [
    'the table refuses',
    evaluate,
    "return { kind: 'no', reason: text(requirement.reason, params) };",
    'return yes;',
  ],
  [
    'the table asks where it cannot tell',
    evaluate,
    "if (state === 'holds') return yes;",
    'if (state !== (0 as unknown)) return yes;',
  ],
  [
    'VirtualBox’s networks need its driver',
    networks,
    "title: 'table.row.natNetwork', cells: cells(yes, noDriver,",
    "title: 'table.row.natNetwork', cells: cells(yes, yes,",
  ],
  [
    'networks that cannot be made yet are refused',
    features,
    "need: 'required', isWanted: (config) => config.nics.some(",
    "need: 'preferred', isWanted: (config) => config.nics.some(",
  ],
  ['both sides exclude each other', arbiter, 'holder.side !== side && holder.vm !== self', 'false'],
  ['no machine stands in its own way', arbiter, ' && holder.vm !== self', ''],
  [
    'machines in software hold nothing',
    arbiter,
    'return side ? [{ side,',
    "return (side ?? 'kvm') ? [{ side: side ?? 'kvm',",
  ],
  ['programs of others count', arbiter, "if (process.holds === 'none') return [];", 'return [];'],
  [
    'what ended holds nothing',
    arbiter,
    '!isLive(power) || proof !== undefined',
    'proof !== undefined && isLive(power)',
  ],
  [
    'an old driver on a new kernel weighs',
    arbiter,
    'compareVersions(parseVersion(kernel), [7]) >= 0 &&',
    'compareVersions(parseVersion(kernel), [8]) >= 0 &&',
  ],
  [
    'a setting that freezes the computer is caught',
    kernel,
    "isAtLeast(virtualBox, [7, 2, 10]) && enableVirtAtLoad === 'N'",
    "isAtLeast(virtualBox, [7, 2, 10]) && enableVirtAtLoad === ('never' as string)",
  ],
];

const wanted = process.argv[2];
const chosen = mutations.filter(([rule]) => wanted === undefined || rule.includes(wanted));
const base = join(root, '.cache', 'mutants');
rmSync(base, { recursive: true, force: true });
mkdirSync(base, { recursive: true });
writeFileSync(join(base, 'package.json'), '{ "type": "module" }\n');

const folders = new Map();
/** A copy with one change; the unchanged one must pass. */
function copy(name, change) {
  const folder = join(base, name);
  for (const part of copied) {
    const to = join(folder, part);
    mkdirSync(join(to, '..'), { recursive: true });
    cpSync(join(root, part), to, { recursive: true });
  }
  if (!change) return;
  const [rule, file, from, to] = change;
  const path = join(folder, file);
  // Line breaks of the formatter do not matter.
  const pattern = new RegExp(from.split(/\s+/).map(escaped).join('\\s+'), 'g');
  const text = readFileSync(path, 'utf8');
  const found = text.match(pattern)?.length ?? 0;
  if (found !== 1) throw new Error(`"${rule}": ${file} has ${found} places like ${from}`);
  writeFileSync(
    path,
    text.replace(pattern, () => to),
  );
}
const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

copy('unchanged');
chosen.forEach((mutation, index) => {
  const name = `m${String(index).padStart(2, '0')}`;
  folders.set(name, mutation[0]);
  copy(name, mutation);
});
const config = join(base, 'vitest.config.mjs');
writeFileSync(
  config,
  `export default { test: { include: ${JSON.stringify(specs.map((spec) => `*/${spec}`))}, maxWorkers: 2 } };\n`,
);
const report = join(base, 'report.json');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const started = Date.now();
const { output } = await run(process.execPath, [
  vitest,
  'run',
  '--root',
  base,
  '--config',
  config,
  '--reporter=json',
  `--outputFile=${report}`,
]);

let results;
try {
  results = JSON.parse(readFileSync(report, 'utf8')).testResults;
} catch {
  throw new Error(`the specs did not run: ${output}`);
}
const hasFailed = (name) =>
  results.some(
    (file) =>
      file.name.includes(`/${name}/`) &&
      file.assertionResults.some(({ status }) => status === 'failed'),
  );
const hasRun = (name) =>
  specs.every((spec) =>
    results.some(
      (file) => file.name.endsWith(`/${name}/${spec}`) && file.assertionResults.length > 0,
    ),
  );

const problems = [];
if (hasFailed('unchanged') || !hasRun('unchanged'))
  problems.push('the unchanged source does not pass');
for (const [name, rule] of folders) {
  if (!hasRun(name)) problems.push(`did not run: ${rule}`);
  else if (!hasFailed(name)) problems.push(`nobody notices: ${rule}`);
}
for (const problem of problems) console.error(problem);
console.log(
  `Mutations: ${folders.size} rules broken, ${folders.size - problems.length} noticed, ${((Date.now() - started) / 1000).toFixed(1)} s.`,
);
rmSync(base, { recursive: true, force: true });
process.exitCode = problems.length === 0 ? 0 : 1;
