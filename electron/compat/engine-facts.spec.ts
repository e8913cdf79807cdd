// The standing of every engine of every driver: KVM shared by all, VirtualBox's own driver, builds without an engine.
import { describe, expect, it } from 'vitest';
import { toEngineId } from '../../shared/model/brand.ts';
import type { EngineFact } from '../../shared/model/compat.ts';
import { backendKey, type DriverInfo } from '../../shared/model/driver.ts';
import { text } from '../../shared/model/text.ts';
import { formatText } from '../../shared/i18n/format.ts';
import { capabilities, healthy, qemu, slow, virtualBoxId } from './__fixtures__/world.ts';
import { engineFacts, type EngineFactsInput } from './engine-facts.ts';
import { remedy } from './remedies.ts';
import type { VboxdrvStanding } from './vboxdrv/standing.ts';
import { vboxdrvRows } from './table/vboxdrv-on-kernel.ts';

const engine = (
  id: string,
  more: Partial<DriverInfo['engines'][number]>,
): DriverInfo['engines'][number] => ({
  id: toEngineId(id),
  speed: 'native',
  title: `VirtualBox on ${id}`,
  shortTitle: id,
  mark: 'box',
  isAutomatic: true,
  ...more,
});
const virtualBox: DriverInfo = {
  id: virtualBoxId,
  title: 'VirtualBox',
  engines: [
    engine('vboxdrv', { accelerator: 'vboxdrv' }),
    engine('kvm', { accelerator: 'kvm' }),
    engine('software', { speed: 'software', isAutomatic: false }),
  ],
  probe: { kind: 'found', version: '7.2.22', paths: {} },
  capabilities,
};
const without = (id: string): DriverInfo => ({
  ...virtualBox,
  capabilities: {
    ...capabilities,
    absentEngines: [{ engine: toEngineId(id), reason: text('virtualbox.start.kvmNotInBuild') }],
  },
});
const row = (id: string) => vboxdrvRows.find((each) => each.id === id)!;
const standing = (more: Partial<VboxdrvStanding>): VboxdrvStanding => ({
  standing: 'usable',
  reason: 'vboxdrv.because.ready',
  params: {},
  remedies: [],
  checkIds: ['avl'],
  confidence: 'documented',
  canForce: false,
  row: row('avl.1'),
  wouldFreeze: false,
  ...more,
});

const facts = (more: Partial<EngineFactsInput> = {}): Readonly<Record<string, EngineFact>> => {
  const rows = engineFacts({
    drivers: [qemu, virtualBox],
    kvm: healthy,
    isParavirtualKvm: false,
    distribution: 'debian',
    forced: [],
    ...more,
  });
  return Object.fromEntries(rows.map((fact) => [backendKey(fact), fact]));
};

describe('engines of VirtualBox', () => {
  it('its own driver stands as it was looked at', () => {
    expect(facts()['virtualbox/vboxdrv']).toMatchObject({
      standing: 'unknown',
      confidence: 'assumed',
      reason: { key: 'vboxdrv.because.notChecked' },
    });
    const built = standing({
      standing: 'unusable',
      reason: 'vboxdrv.because.notBuilt',
      params: { kernel: '7.1' },
      remedies: ['buildVboxdrv', 'loadVboxdrv'],
      confidence: 'measured',
    });
    const fact = facts({ vboxdrv: built })['virtualbox/vboxdrv'];
    expect(fact).toMatchObject({ standing: 'unusable', confidence: 'measured', checkIds: ['avl'] });
    expect(formatText(fact!.reason)).toContain('not built for kernel 7.1');
    expect(fact?.remedy?.command).toContain('dkms autoinstall');
  });

  it('a build without KVM says so, and what would bring it', () => {
    const fact = facts({ drivers: [qemu, without('kvm')] })['virtualbox/kvm'];
    expect(fact).toMatchObject({
      standing: 'unusable',
      confidence: 'measured',
      reason: { key: 'virtualbox.start.kvmNotInBuild' },
      checkIds: ['vb.kvm'],
      remedy: { label: { key: 'host.remedy.kvmBuildOfVirtualBox' } },
    });
    expect(facts({ drivers: [qemu, without('kvm')] })['qemu/kvm']?.standing).toBe('usable');
  });

  it('a build with KVM shares what was measured, as an inference', () => {
    expect(facts()['virtualbox/kvm']).toMatchObject({
      standing: 'usable',
      confidence: 'documented',
      slowdownVsSoftware: 0.83,
    });
    expect(facts()['qemu/kvm']?.confidence).toBe('measured');
    for (const key of ['qemu/kvm', 'virtualbox/kvm']) {
      expect(facts({ kvm: slow })[key]).toMatchObject({ standing: 'slow', confidence: 'measured' });
      const kvm = { kind: 'noPermission', mode: '600', uid: 0, gid: 0 } as const;
      expect(facts({ kvm })[key]).toMatchObject({ standing: 'unusable', checkIds: ['kvm.perm'] });
    }
  });

  it('a processor without XSAVE keeps VirtualBox from KVM, not QEMU; an unread one keeps nobody', () => {
    const lacking = facts({ hasXsave: false, forced: ['virtualbox/kvm'] });
    expect(lacking['virtualbox/kvm']).toMatchObject({
      standing: 'unusable',
      reason: { key: 'vboxdrv.because.kvmNeedsXsave' },
    });
    expect(lacking['qemu/kvm']?.standing).toBe('usable');
    expect(facts({ hasXsave: undefined })['virtualbox/kvm']?.standing).toBe('usable');
  });

  it('software needs nothing, and VirtualBox’s is called very slow', () => {
    const { reason, confidence, standing: at } = facts()['virtualbox/software']!;
    expect([at, confidence]).toEqual(['usable', 'documented']);
    expect(formatText(reason)).toContain('very slow');
    expect(facts()['qemu/tcg']?.reason.key).toBe('decision.because.softwareAlways');
  });

  it.each([
    ['missing', { kind: 'missing', lookedIn: [] }, 'decision.because.driverMissing'],
    [
      'broken',
      { kind: 'broken', command: [], exitCode: 1, stderrTail: '' },
      'decision.because.driverBroken',
    ],
  ] as const)('%s: none of its engines is usable', (_, probe, reason) => {
    const found = facts({
      drivers: [qemu, { ...virtualBox, probe }],
      vboxdrv: standing({}),
      installRemedies: { virtualbox: remedy('installVirtualBox', 'debian') },
    });
    for (const key of ['virtualbox/vboxdrv', 'virtualbox/kvm', 'virtualbox/software']) {
      expect(found[key]).toMatchObject({
        standing: 'unusable',
        reason: { key: reason },
        checkIds: ['vb.version'],
        remedy: { command: 'sudo apt install virtualbox virtualbox-dkms' },
      });
    }
    expect(found['qemu/tcg']?.standing).toBe('usable');
  });
});

describe('“continue anyway”', () => {
  const forced = ['virtualbox/vboxdrv'];
  it('overrules a judgement of the table', () => {
    const blocked = standing({
      standing: 'unusable',
      reason: 'vboxdrv.because.kvmKeepsVirtualization',
      canForce: true,
      row: row('avl.2'),
    });
    expect(facts({ vboxdrv: blocked })['virtualbox/vboxdrv']?.standing).toBe('unusable');
    expect(facts({ vboxdrv: blocked, forced })['virtualbox/vboxdrv']).toMatchObject({
      standing: 'usable',
      isForced: true,
      reason: { key: 'vboxdrv.because.forced' },
    });
  });

  it('never what would freeze the computer, and the fact says it would', () => {
    const freezing = standing({
      standing: 'unusable',
      reason: 'vboxdrv.because.leftoverSetting',
      row: row('avl.5'),
      wouldFreeze: true,
    });
    expect(facts({ vboxdrv: freezing, forced })['virtualbox/vboxdrv']).toMatchObject({
      standing: 'unusable',
      wouldFreeze: true,
    });
  });

  it('never the lack of a hypervisor or of an engine', () => {
    const all = ['virtualbox/vboxdrv', 'virtualbox/kvm', 'virtualbox/software'];
    const drivers = [qemu, without('kvm')];
    expect(facts({ drivers, forced: all })['virtualbox/kvm']?.standing).toBe('unusable');
  });
});
