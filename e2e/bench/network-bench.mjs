// `npm run bench:network`: throughput of every way a guest is connected (network-run.ts), as a table in
// docs/networks.md. Needs a /dev/net/tun that may be opened, and the right to make a network name space.
// Options: --rounds N (3), --seconds N (4), --ways tap,slirp (all), --save.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { createServer } from 'vite';
import { root } from '../../build/setup/paths.mjs';
import { median } from './statistics.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    ways: { type: 'string', default: '' },
    save: { type: 'boolean', default: false },
    inside: { type: 'boolean', default: false },
  },
});
const titles = {
  tap: 'Plain TAP device',
  bridge: 'Linux bridge (host-only, bridged): two TAP devices',
  direct: 'Two QEMUs, one stream socket, nothing between',
  switch: 'Our switch (NAT network, internal): QEMU',
  slirp: 'NAT of QEMU (slirp)',
  passt: 'NAT through passt',
  namespace: 'NAT network, service in a name space',
  gateway: 'NAT network, service in a QEMU without devices',
};
const columns = [
  ['out', 'guest to host'],
  ['in', 'host to guest'],
  ['forward', 'through a forward'],
  ['between', 'guest to guest'],
];
/** What a column is compared with. */
const bases = { out: 'tap', in: 'tap', forward: 'tap', between: 'bridge' };

async function inside() {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    const { measure } = await server.ssrLoadModule('/e2e/bench/network-run.ts');
    const samples = await measure({
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      ways: values.ways.split(',').filter((way) => way !== ''),
      say: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`${JSON.stringify(samples)}\n`);
  } finally {
    await server.close();
  }
}

/** In a network name space of its own: as root, or as root of a user name space. */
function runInside() {
  const own = process.getuid() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
  const args = ['rounds', 'seconds', 'ways'].map((name) => `--${name}=${values[name]}`);
  args.push('--inside');
  const child = spawn('unshare', [...own, '--', process.execPath, import.meta.filename, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`exit code ${code}`)),
    );
  });
}

const ratesOf = (samples, way, direction) =>
  samples.filter((row) => row.way === way && row.direction === direction).map((row) => row.rate);

function cellOf(samples, way, direction) {
  const rates = ratesOf(samples, way, direction);
  if (rates.length === 0) return '';
  const base = median(ratesOf(samples, bases[direction], direction));
  const rate = median(rates);
  return `${(rate / base).toFixed(2)} (${rate.toFixed(0)})`;
}

function tableOf(samples) {
  const head = ['Way', ...columns.map(([, title]) => title)];
  const rows = Object.entries(titles)
    .filter(([way]) => samples.some((row) => row.way === way))
    .map(([way, title]) => [title, ...columns.map(([id]) => cellOf(samples, way, id))]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

async function save(samples) {
  const path = join(root, 'docs/networks.md');
  const [begin, end] = ['<!-- throughput -->', '<!-- end of throughput -->'];
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for results`);
  const date = new Date().toISOString().slice(0, 10);
  const processor = `${cpus().length} × ${cpus()[0].model.trim()}`;
  const load = `load average ${loadavg()[1].toFixed(0)}`;
  const about = `${date}, ${values.rounds} rounds of ${values.seconds} s, guests in software (TCG), ${processor}, ${load}.`;
  const section = `${begin}\n\n${about}\n\n${tableOf(samples)}\n\n`;
  const whole = text.slice(0, from) + section + text.slice(to);
  writeFileSync(path, await format(whole, { ...(await resolveConfig(path)), filepath: path }));
}

if (values.inside) {
  await inside();
} else {
  const samples = await runInside();
  process.stdout.write(`${tableOf(samples)}\n`);
  const ratio = (way, other, direction) =>
    median(ratesOf(samples, way, direction)) / median(ratesOf(samples, other, direction));
  const judged = [
    ['our switch / direct stream', ratio('switch', 'direct', 'between'), 0.6],
    ['forward into a NAT network (name space) / slirp', ratio('namespace', 'slirp', 'forward'), 1],
    ['forward into a NAT network (gateway) / slirp', ratio('gateway', 'slirp', 'forward'), 1],
  ];
  for (const [what, value, least] of judged) {
    const verdict = value >= least ? 'met' : 'MISSED';
    process.stdout.write(`${what}: ${value.toFixed(2)} (at least ${least}: ${verdict})\n`);
  }
  if (values.save) await save(samples);
}
