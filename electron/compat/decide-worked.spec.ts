// The worked examples of the host-compatibility notes on five backends. Engine facts are given as the checks of those
// hosts would give them; networks and guest systems are judged by the compatibility table.
import { describe, expect, it } from 'vitest';
import { toEngineId } from '../../shared/model/brand.ts';
import type { Decision, EngineFact } from '../../shared/model/compat.ts';
import { backendKey, type Backend, type DriverInfo } from '../../shared/model/driver.ts';
import { formatText } from '../../shared/i18n/format.ts';
import { text, type Text } from '../../shared/model/text.ts';
import { capabilities, definition, input, nat, qemu, virtualBoxId } from './__fixtures__/world.ts';
import type { DecideInput } from './decide-input.ts';
import { decide } from './decide.ts';
import { judgeVboxdrv } from './table/vboxdrv-on-kernel.ts';

const engine = (
  id: string,
  speed: 'native' | 'software',
  isAutomatic: boolean,
): DriverInfo['engines'][number] => ({
  id: toEngineId(id),
  speed,
  title: `VirtualBox ${id}`,
  shortTitle: id,
  mark: 'box',
  isAutomatic,
});
const virtualBox: DriverInfo = {
  id: virtualBoxId,
  title: 'VirtualBox',
  engines: [
    engine('vboxdrv', 'native', true),
    engine('kvm', 'native', true),
    engine('software', 'software', false),
  ],
  probe: { kind: 'found', version: '7.2.22', paths: {} },
  capabilities,
};
const of = (driver: DriverInfo, id: string): Backend => ({
  driver: driver.id,
  engine: toEngineId(id),
});
const fact = (
  backend: Backend,
  standing: EngineFact['standing'],
  reason: Text = text('decision.because.softwareAlways'),
): EngineFact => ({
  ...backend,
  standing,
  reason,
  confidence: 'measured',
  checkIds: [],
  isForced: false,
});

const driverMissing = text('decision.because.driverMissing', { driver: 'vboxdrv' });
const notInBuild = text('decision.because.driverBroken', { driver: 'VirtualBox on KVM' });
const kvmSlow = text('decision.because.kvmSlow', { times: 30 });
interface Host {
  readonly vboxdrv?: EngineFact['standing'];
  readonly vboxKvm?: EngineFact['standing'];
  readonly qemuKvm?: EngineFact['standing'];
}
const host = ({
  vboxdrv = 'usable',
  vboxKvm = 'unusable',
  qemuKvm = 'usable',
}: Host): EngineFact[] => [
  fact(of(virtualBox, 'vboxdrv'), vboxdrv, driverMissing),
  fact(of(virtualBox, 'kvm'), vboxKvm, notInBuild),
  fact(of(virtualBox, 'software'), 'usable'),
  fact(of(qemu, 'kvm'), qemuKvm, qemuKvm === 'slow' ? kvmSlow : text('decision.because.kvmAbsent')),
  fact(of(qemu, 'tcg'), 'usable'),
];
const vm = (more: Partial<DecideInput>): Decision =>
  decide(
    input({
      definition: { ...definition, driver: virtualBox.id, family: 'windows-10' },
      driver: virtualBox,
      others: [qemu],
      ...more,
    }),
  );
const outcome = ({ outcome: o }: Decision): string =>
  o.kind === 'none' ? 'none' : `${o.kind} ${backendKey(o.backend)}`;
const standing = (decision: Decision, id: string): string | undefined =>
  decision.candidates.find(({ backend }) => backend.engine === id)?.standing;
const suggested = (decision: Decision) =>
  decision.suggestions.map(({ backend }) => backendKey(backend));

const on = (kind: 'natNetwork' | 'internal' | 'hostOnly' | 'bridged') => ({
  ...definition,
  driver: virtualBox.id,
  family: 'linux',
  config: {
    ...definition.config,
    nics: [
      {
        ...nat(8022),
        attachment:
          kind === 'bridged' ? { kind, uplink: 'eth0' } : ({ kind, network: 'lab' } as const),
      },
    ],
  },
});
const reasons = (decision: Decision, id: string): string =>
  decision.candidates
    .filter(({ backend }) => backend.engine === id)
    .flatMap((candidate) => candidate.reasons.map(formatText))
    .join('; ');

describe('worked examples', () => {
  it('1: driver not built, VirtualBox can use KVM: runs there and says why', () => {
    const decision = vm({ engineFacts: host({ vboxdrv: 'unusable', vboxKvm: 'usable' }) });
    expect(outcome(decision)).toBe('use virtualbox/kvm');
  });

  it('1: for a guest that would prefer the driver, its absence is the reason', () => {
    const engineFacts = host({ vboxdrv: 'unusable', vboxKvm: 'usable' });
    const decision = vm({
      definition: { ...definition, driver: virtualBox.id, family: 'windows-xp' },
      engineFacts,
    });
    expect(outcome(decision)).toBe('use virtualbox/kvm');
    expect(decision.because).toEqual(driverMissing);
  });

  it('2: stock VirtualBox without driver: never starts in software by itself, QEMU is a suggestion', () => {
    const decision = vm({ engineFacts: host({ vboxdrv: 'unusable' }) });
    expect(outcome(decision)).toBe('ask virtualbox/software');
    // The question is about software; its reason is what is missing, not that software is slow.
    expect([driverMissing, notInBuild]).toContainEqual(decision.because);
    expect(reasons(decision, 'software')).toContain('used only when you say so');
    expect(suggested(decision)).toEqual(['qemu/kvm', 'qemu/tcg']);
  });

  const networks = ['natNetwork', 'internal', 'hostOnly', 'bridged'] as const;

  it.each(networks)('3, 4: %s is no reason against an engine without the driver', (kind) => {
    const engineFacts = host({ vboxdrv: 'unusable', vboxKvm: 'usable' });
    const decision = vm({ definition: on(kind), engineFacts });
    expect(outcome(decision)).toBe('use virtualbox/kvm');
    expect(reasons(decision, 'software')).not.toContain('network');
    const onQemu = decide(
      input({ definition: { ...on(kind), driver: qemu.id }, engineFacts, driver: qemu }),
    );
    expect(outcome(onQemu)).toBe('use qemu/kvm');
  });

  it.each(networks)('5: %s is refused where Polyvisor cannot attach to it', (kind) => {
    const onQemu = decide(
      input({
        definition: { ...on(kind), driver: qemu.id },
        engineFacts: host({}),
        driver: { ...qemu, capabilities: { ...capabilities, nicAttachments: ['nat', 'none'] } },
      }),
    );
    expect(outcome(onQemu)).toBe('none');
    expect(formatText(onQemu.because)).toMatch(
      /^Polyvisor cannot attach machines on QEMU on KVM to an? .+ network yet$/,
    );
  });

  it('6: an adapter in a VLAN of a shared network keeps a machine from the driver’s own networks', () => {
    const engineFacts = host({ vboxdrv: 'usable', vboxKvm: 'usable' });
    const plain = on('internal');
    const tagged = {
      ...plain,
      config: {
        ...plain.config,
        nics: [
          {
            ...nat(8022),
            attachment: {
              kind: 'internal' as const,
              network: 'lab',
              vlan: { mode: 'access' as const, tag: 10 },
            },
          },
        ],
      },
    };
    const decision = vm({ definition: tagged, engineFacts });
    expect(outcome(decision)).toBe('use virtualbox/kvm');
    expect(standing(decision, 'vboxdrv')).toBe('refused');
    expect(reasons(decision, 'vboxdrv')).toContain('Its VLAN does not work there');
  });

  it('a limit is named as lost and costs: host-only addresses', () => {
    const decision = vm({ definition: on('hostOnly'), engineFacts: host({}) });
    expect(decision.lost.map(formatText)).toContain(
      'Its host-only network works with a limit: Only addresses in 192.168.56.0/21, unless the administrator allows others',
    );
    const plain = vm({ definition: on('natNetwork'), engineFacts: host({}) });
    expect((plain.candidates[0]?.score ?? 0) - (decision.candidates[0]?.score ?? 0)).toBe(25);
  });

  it('what depends on the build is asked about, pinned or not: nested machines on KVM', () => {
    const nested = { ...definition, driver: virtualBox.id, family: 'linux' };
    const wish = { ...nested, config: { ...nested.config, hasNestedVirtualization: true } };
    const engineFacts = host({ vboxdrv: 'unusable', vboxKvm: 'usable' });
    const decision = vm({ definition: wish, engineFacts });
    expect(outcome(decision)).toBe('ask virtualbox/kvm');
    expect(outcome(vm({ definition: wish, engineFacts, pin: toEngineId('kvm') }))).toBe(
      'ask virtualbox/kvm',
    );
    expect(standing(decision, 'software')).toBe('refused');
  });

  it('7: Windows 98 on QEMU runs in software though KVM is healthy', () => {
    const win98 = { ...definition, family: 'windows-9x' };
    const decision = decide(input({ definition: win98, engineFacts: host({}) }));
    expect(outcome(decision)).toBe('use qemu/tcg');
    expect(decision.because.key).toBe('decision.because.family9x');
  });

  it('8: OS/2 with the driver there runs on VirtualBox’s own engine', () => {
    const os2 = { ...definition, driver: virtualBox.id, family: 'os2' };
    const decision = vm({ definition: os2, engineFacts: host({ vboxKvm: 'usable' }) });
    expect(outcome(decision)).toBe('use virtualbox/vboxdrv');
  });

  it('9: VirtualBox’s driver holds the processor: KVM is never just tried, software is asked about', () => {
    const reason = text('decision.because.heldByMachine', { other: 'Fedora' });
    const exclusions = [{ backend: of(qemu, 'kvm'), reason, other: 'Fedora' }];
    const decision = decide(input({ engineFacts: host({}), exclusions }));
    expect(outcome(decision)).toBe('ask qemu/tcg');
    expect(decision.because).toEqual(reason);
    expect(standing(decision, 'kvm')).toBe('refused');
    // A system that loses nothing in software just runs there.
    const dos = { ...definition, family: 'freedos' };
    expect(outcome(decide(input({ definition: dos, engineFacts: host({}), exclusions })))).toBe(
      'use qemu/tcg',
    );
  });

  it('9: the way out is the engine that can run beside: VirtualBox on KVM', () => {
    const engineFacts = host({ vboxKvm: 'usable' });
    const reason = text('decision.because.heldByMachine', { other: 'Arch' });
    const exclusions = [{ backend: of(virtualBox, 'vboxdrv'), reason, other: 'Arch' }];
    const xp = { ...definition, driver: virtualBox.id, family: 'windows-xp' };
    expect(outcome(vm({ definition: xp, engineFacts, exclusions }))).toBe('use virtualbox/kvm');
  });

  it('builds that are no releases cost; an old driver on a new kernel too', () => {
    const engineFacts = host({ vboxKvm: 'usable' });
    const young = (build: 'development' | 'port') => ({
      ...virtualBox,
      capabilities: { ...capabilities, youngEngines: [{ engine: toEngineId('kvm'), build }] },
    });
    const linux = { ...definition, driver: virtualBox.id, family: 'linux' };
    const scoreOf = (decision: Decision): number =>
      decision.candidates.find(({ backend }) => backend.engine === 'kvm')?.score ?? 0;
    const release = scoreOf(vm({ definition: linux, engineFacts }));
    const costs = (build: 'development' | 'port') =>
      release - scoreOf(vm({ definition: linux, engineFacts, driver: young(build) }));
    expect([costs('development'), costs('port')]).toEqual([12, 10]);
    const burden = { backend: of(virtualBox, 'vboxdrv'), score: -20, reason: driverMissing };
    const own = (decision: Decision) =>
      decision.candidates.find(({ backend }) => backend.engine === 'vboxdrv');
    const risky = own(vm({ definition: linux, engineFacts, burdens: [burden] }));
    const usual = own(vm({ definition: linux, engineFacts }));
    expect((usual?.score ?? 0) - (risky?.score ?? 0)).toBe(20);
    expect(risky?.reasons).toContainEqual(driverMissing);
  });

  it('OS/2 never goes to VirtualBox on KVM, which lacks its workaround', () => {
    const os2 = { ...definition, driver: virtualBox.id, family: 'os2' };
    const engineFacts = host({ vboxdrv: 'unusable', vboxKvm: 'usable' });
    const decision = vm({ definition: os2, engineFacts });
    expect(standing(decision, 'kvm')).toBe('refused');
    expect(outcome(decision)).toBe('ask virtualbox/software');
  });

  it('10: no virtualization at all: QEMU in software with the loss named, VirtualBox only by consent', () => {
    const engineFacts = host({ vboxdrv: 'unusable', qemuKvm: 'unusable' });
    const onQemu = decide(input({ engineFacts }));
    expect(outcome(onQemu)).toBe('use qemu/tcg');
    expect(onQemu.lost.map(({ key }) => key)).toContain('decision.lost.speed');
    expect(outcome(vm({ engineFacts }))).toBe('ask virtualbox/software');
  });

  it('11: KVM measured slower than software: TCG, or VirtualBox in software by consent', () => {
    const engineFacts = host({ vboxdrv: 'unusable', qemuKvm: 'slow' });
    const onQemu = decide(input({ engineFacts }));
    expect(outcome(onQemu)).toBe('use qemu/tcg');
    expect(onQemu.because).toEqual(kvmSlow);
    const onVirtualBox = vm({ engineFacts });
    expect(outcome(onVirtualBox)).toBe('ask virtualbox/software');
    expect(suggested(onVirtualBox)).toEqual(['qemu/tcg']);
  });

  it('12: a setting that would freeze the computer keeps the driver from being tried', () => {
    const row = judgeVboxdrv({
      kernel: [6, 17],
      virtualBox: [7, 2, 14],
      enableVirtAtLoad: 'N',
      isKvmVendorModuleLoaded: true,
      isKvmVmRunning: false,
    });
    expect(row.verdict).toBe('freezes');
    const blocked = host({ vboxKvm: 'usable' }).map((each) =>
      each.engine === 'vboxdrv'
        ? { ...each, standing: 'unusable' as const, reason: text(row.sentence) }
        : each,
    );
    const xp = { ...definition, driver: virtualBox.id, family: 'windows-xp' };
    const decision = vm({ definition: xp, engineFacts: blocked });
    expect(outcome(decision)).toBe('use virtualbox/kvm');
    expect(decision.because.key).toBe('vboxdrv.leftoverSetting');
  });

  it('consent to software is respected by a pin, and saved memory keeps its engine', () => {
    const engineFacts = host({ vboxdrv: 'unusable' });
    expect(outcome(vm({ engineFacts, pin: toEngineId('software') }))).toBe(
      'use virtualbox/software',
    );
    const saved = vm({ engineFacts, savedState: of(virtualBox, 'vboxdrv') });
    expect(outcome(saved)).toBe('none');
  });
});
