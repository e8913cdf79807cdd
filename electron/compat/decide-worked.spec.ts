// The worked examples of the host-compatibility notes on five backends. Engine facts are given as the checks of those
// hosts would give them; network modes that machines cannot have yet are features made for the example.
import { describe, expect, it } from 'vitest';
import { toEngineId } from '../../shared/model/brand.ts';
import type { Decision, EngineFact } from '../../shared/model/compat.ts';
import { backendKey, type Backend, type DriverInfo } from '../../shared/model/driver.ts';
import { text, type Text } from '../../shared/model/text.ts';
import {
  capabilities,
  definition,
  facts,
  input,
  qemu,
  virtualBoxId,
} from './__fixtures__/world.ts';
import type { DecideInput } from './decide-input.ts';
import { decide } from './decide.ts';
import type { Feature } from './features.ts';
import { known } from './host-facts.ts';
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
const suggested = (decision: Decision) =>
  decision.suggestions.map(({ backend }) => backendKey(backend));

/** A NAT network: only VirtualBox's own engine has it; the fact stands for "has the kernel driver". */
const natNetwork: Feature = {
  id: 'net.nat-network',
  title: 'decision.feature.natIpv6',
  need: 'required',
  isWanted: () => true,
  requires: [{ kind: 'fact', fact: 'hasKvmSmm', onlyNative: false, reason: 'decision.no.natIpv6' }],
  source: 'notes section 2, row 4',
};

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
    expect(suggested(decision)).toEqual(['qemu/kvm', 'qemu/tcg']);
  });

  it('3: a NAT network that only one engine has decides for it; nothing else is left but a question', () => {
    const engineFacts = host({ vboxdrv: 'usable', vboxKvm: 'usable' });
    const withIt = vm({ engineFacts, features: [natNetwork] });
    expect(outcome(withIt)).toMatch(/^use virtualbox/);
    const without = vm({
      engineFacts,
      features: [natNetwork],
      facts: { ...facts, hasKvmSmm: known(false) },
    });
    expect(outcome(without)).toBe('none');
    expect(without.because.key).toBe('decision.no.natIpv6');
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

  it('9: VirtualBox’s driver holds the processor: KVM is refused for now, never just tried', () => {
    const reason = text('decision.because.kvmBusy');
    const decision = decide(
      input({ engineFacts: host({}), exclusions: [{ backend: of(qemu, 'kvm'), reason }] }),
    );
    expect(outcome(decision)).toBe('use qemu/tcg');
    expect(decision.because).toEqual(reason);
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
