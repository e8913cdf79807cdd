import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { KvmMeasurements, KvmVerdict, SelfTestRun } from './model.ts';

const run = (
  engine: 'kvm' | 'tcg',
  longMs: number | undefined,
  end: SelfTestRun['end'] = { kind: 'passed' },
  cpuModel = 'host',
): SelfTestRun => ({
  engine,
  cpuModel,
  reached:
    longMs === undefined
      ? {}
      : {
          real: longMs / 2,
          protected: longMs * 0.8,
          long: longMs,
          ...(end.kind === 'passed' ? { extended: longMs + 1 } : {}),
        },
  totalMs: (longMs ?? 0) + 5,
  end,
  stderr: '',
  argv: [],
});
const tcg = (...times: readonly number[]): SelfTestRun[] => times.map((ms) => run('tcg', ms));
const kvm = (...times: readonly number[]): SelfTestRun[] => times.map((ms) => run('kvm', ms));
const stopped = { kind: 'stopped', how: 'KVM internal error. Suberror: 1' } as const;
const timedOut = { kind: 'timedOut', limitMs: 8000 } as const;
const calm = { average: 0.3, cpus: 2 };
const busy = { average: 9, cpus: 2 };
const opened = { kind: 'opened', mode: '660', uid: 0, gid: 104 } as const;
const created = { kind: 'created', answer: '{"enabled": true}' } as const;

const speed = (runs: readonly SelfTestRun[], load = calm): KvmMeasurements => ({
  device: opened,
  create: created,
  runs: [...runs],
  load,
});

const rows: readonly (readonly [string, KvmMeasurements, Partial<KvmVerdict>])[] = [
  [
    'no device',
    { device: { kind: 'absent', detail: '' }, runs: [], load: calm },
    { kind: 'absent' },
  ],
  [
    'no permission',
    {
      device: { kind: 'denied', mode: '600', uid: 0, gid: 0, detail: 'EACCES' },
      runs: [],
      load: calm,
    },
    { kind: 'noPermission', mode: '600' },
  ],
  ['device busy', { device: { kind: 'busy', detail: '' }, runs: [], load: calm }, { kind: 'busy' }],
  [
    'look failed: not a no',
    { device: { kind: 'failed', detail: 'EIO' }, runs: [], load: calm },
    { kind: 'undecided', reason: 'couldNotLook' },
  ],
  [
    'held by another hypervisor',
    {
      device: opened,
      create: {
        kind: 'refused',
        stderr: 'ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy',
      },
      runs: [],
      load: calm,
    },
    { kind: 'busy' },
  ],
  [
    'creation refused',
    {
      device: opened,
      create: { kind: 'refused', stderr: 'ioctl(KVM_CREATE_VM) failed: 12 Cannot allocate memory' },
      runs: [],
      load: calm,
    },
    { kind: 'cannotCreateVm' },
  ],
  [
    'QEMU could not be asked',
    { device: opened, create: { kind: 'failed', detail: 'ENOENT' }, runs: [], load: calm },
    { kind: 'undecided', reason: 'couldNotLook' },
  ],
  ['as fast as software', speed([...tcg(50, 55, 48), ...kvm(45, 60, 50)]), { kind: 'healthy' }],
  [
    'healthy on a loaded host',
    speed([...tcg(50, 200, 90), ...kvm(80, 300, 70)], busy),
    { kind: 'healthy' },
  ],
  [
    'one hiccup does not condemn',
    speed([...tcg(50, 55, 48), ...kvm(45, 4000, 50)]),
    { kind: 'healthy' },
  ],
  [
    'one time-out does not condemn',
    speed([...tcg(50, 55, 48), ...kvm(45, 50), run('kvm', undefined, timedOut)]),
    { kind: 'healthy' },
  ],
  [
    '30 times slower',
    speed([...tcg(50, 55, 48), ...kvm(1500, 1440, 1600)]),
    { kind: 'slowerThanSoftware', ratio: 30, isLowerBound: false },
  ],
  [
    '30 times slower and the last stage fails',
    speed([...tcg(50, 50, 50), run('kvm', 1500, stopped), run('kvm', 1500, stopped)]),
    { kind: 'slowerThanSoftware', ratio: 30, stopsAfter: 'long' },
  ],
  [
    '30 times slower although the host is loaded',
    speed([...tcg(50, 150, 60), ...kvm(1500, 1800)], busy),
    { kind: 'slowerThanSoftware', ratio: 30 },
  ],
  [
    'five times slower on a loaded host is not enough',
    speed([...tcg(50, 150, 60), ...kvm(250, 300, 280)], busy),
    { kind: 'undecided', reason: 'loaded', ratio: 5 },
  ],
  [
    'uneven software runs count as load',
    speed([...tcg(50, 150, 60), ...kvm(250, 300, 280)]),
    { kind: 'undecided', reason: 'loaded' },
  ],
  [
    'between the lines on a calm host',
    speed([...tcg(50, 50, 50), ...kvm(150, 150, 150)]),
    { kind: 'undecided', reason: 'borderline', ratio: 3 },
  ],
  [
    'fast but stops',
    speed([...tcg(50, 50), run('kvm', 45, stopped), run('kvm', 46, stopped)]),
    { kind: 'crashes', after: 'long' },
  ],
  [
    'stops once only: fast runs count',
    speed([...tcg(50, 50), run('kvm', 45, stopped), run('kvm', 46)]),
    { kind: 'healthy' },
  ],
  [
    'dies before the first word',
    speed([...tcg(50, 50), run('kvm', undefined, stopped), run('kvm', undefined, stopped)]),
    { kind: 'crashes', how: stopped.how },
  ],
  [
    'a CPU model that cannot be had says nothing',
    speed([...tcg(50, 50), run('kvm', undefined, stopped), run('kvm', 52, undefined, 'qemu64')]),
    { kind: 'healthy' },
  ],
  [
    'never gets there, three times, calm',
    speed([...tcg(50, 50, 40), ...[1, 2, 3].map(() => run('kvm', undefined, timedOut))]),
    { kind: 'slowerThanSoftware', ratio: 160, isLowerBound: true },
  ],
  [
    'never gets there, loaded',
    speed([...tcg(50, 50), ...[1, 2, 3].map(() => run('kvm', undefined, timedOut))], busy),
    { kind: 'undecided', reason: 'loaded' },
  ],
  [
    'one time-out alone',
    speed([...tcg(50, 50), run('kvm', undefined, timedOut)]),
    { kind: 'undecided', reason: 'timedOutOnce' },
  ],
  [
    'software timed out too',
    speed([run('tcg', undefined, timedOut), ...kvm(1500)]),
    { kind: 'undecided', reason: 'softwareFailed' },
  ],
  ['nothing measured', speed([]), { kind: 'undecided', reason: 'softwareFailed' }],
  [
    'a processor without the last stage',
    speed([...tcg(50, 50), run('kvm', 48, { kind: 'passedInPart' })]),
    { kind: 'healthy' },
  ],
];

describe('judge', () => {
  it.each(rows)('%s', (_name, measurements, expected) => {
    expect(judge(measurements)).toMatchObject(expected);
  });
});
