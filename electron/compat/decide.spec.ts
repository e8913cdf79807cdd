// Every situation the decision must know, as table cases.
import { describe, expect, it } from 'vitest';
import { formatText } from '../../shared/i18n/format.ts';
import { toEngineId } from '../../shared/model/brand.ts';
import type { Decision } from '../../shared/model/compat.ts';
import { backendKey } from '../../shared/model/driver.ts';
import { text } from '../../shared/model/text.ts';
import type { VmConfig } from '../../shared/model/vm-config.ts';
import {
  config,
  definition,
  facts,
  factsFor,
  healthy,
  input,
  kvm,
  nat,
  qemu,
  slow,
  tcg,
} from './__fixtures__/world.ts';
import { decide } from './decide.ts';
import { known, unknownFact } from './host-facts.ts';
import type { KvmVerdict } from './kvm/model.ts';
import { remedy } from './remedies.ts';

const chosen = ({ outcome }: Decision): string =>
  outcome.kind === 'none' ? 'none' : `${outcome.kind} ${backendKey(outcome.backend)}`;
const standingOf = (decision: Decision, key: string): string | undefined =>
  decision.candidates.find((candidate) => backendKey(candidate.backend) === key)?.standing;
const withConfig = (more: Partial<VmConfig>) => ({ ...definition, config: { ...config, ...more } });
const undecided = (reason: 'loaded' | 'couldNotLook'): KvmVerdict => ({
  kind: 'undecided',
  reason,
  detail: 'load 9.10 on 2 CPUs',
});

describe('the choice by what was measured', () => {
  // prettier-ignore
  it.each([
    ['healthy', healthy, 'use qemu/kvm', 'decision.because.kvmHealthy', 'measured'],
    ['slower than software', slow, 'use qemu/tcg', 'decision.because.kvmSlow', 'measured'],
    ['slower, ended by time', { ...slow, isLowerBound: true }, 'use qemu/tcg', 'decision.because.kvmSlowAtLeast', 'measured'],
    ['absent', { kind: 'absent' }, 'use qemu/tcg', 'decision.because.kvmAbsent', 'measured'],
    ['not permitted', { kind: 'noPermission', mode: '600', uid: 0, gid: 0 }, 'use qemu/tcg', 'decision.because.kvmNoPermission', 'measured'],
    ['held by another', { kind: 'busy' }, 'use qemu/tcg', 'decision.because.kvmBusy', 'measured'],
    ['refusing', { kind: 'cannotCreateVm', stderr: '' }, 'use qemu/tcg', 'decision.because.kvmCannotCreate', 'measured'],
    ['crashing', { kind: 'crashes', how: 'emulation failure' }, 'use qemu/tcg', 'decision.because.kvmCrashes', 'measured'],
    ['undecided under load', undecided('loaded'), 'use qemu/kvm', 'decision.because.kvmExpectedGood', 'assumed'],
    ['not looked at for a failure', undecided('couldNotLook'), 'use qemu/tcg', 'decision.because.kvmCouldNotLook', 'assumed'],
    ['not checked yet', undefined, 'use qemu/tcg', 'decision.because.kvmNotChecked', 'assumed'],
  ] as const)('KVM %s', (_, verdict, outcome, because, confidence) => {
    const decision = decide(input({ engineFacts: factsFor(verdict) }));
    expect(chosen(decision)).toBe(outcome);
    expect(decision.because.key).toBe(because);
    expect(decision.confidence).toBe(confidence);
  });

  it('says the measured ratio in the sentence', () => {
    const { because } = decide(input({ engineFacts: factsFor(slow) }));
    expect(formatText(because)).toBe(
      'KVM is present here but slower than software emulation (measured: about 30 times slower)',
    );
  });

  it('expects a paravirtual KVM to be slow while measuring did not succeed, and offers another look', () => {
    const engineFacts = factsFor(undecided('loaded'), { isParavirtualKvm: true });
    const decision = decide(input({ engineFacts }));
    expect(chosen(decision)).toBe('use qemu/tcg');
    expect(decision.because.key).toBe('decision.because.kvmExpectedSlow');
    expect(decision.action?.label.key).toBe('host.remedy.lookAgain');
  });

  it('what could not be looked at is not refused: a pin may still use it', () => {
    const engineFacts = factsFor(undecided('couldNotLook'));
    expect(standingOf(decide(input({ engineFacts })), 'qemu/kvm')).toBe('unknown');
    expect(chosen(decide(input({ engineFacts, pin: kvm.engine })))).toBe('use qemu/kvm');
  });

  it('offers the group when permission is missing', () => {
    const verdict: KvmVerdict = { kind: 'noPermission', mode: '660', uid: 0, gid: 104 };
    const decision = decide(input({ engineFacts: factsFor(verdict) }));
    expect(decision.action).toMatchObject({
      command: 'sudo usermod -aG kvm "$USER"',
      needs: ['root', 'relogin'],
    });
  });

  it('uses a slow KVM rather than nothing', () => {
    const onlyKvm = { ...qemu, engines: qemu.engines.slice(0, 1) };
    expect(chosen(decide(input({ driver: onlyKvm, engineFacts: factsFor(slow) })))).toBe(
      'use qemu/kvm',
    );
  });
});

describe('"use KVM anyway"', () => {
  const forced = { forced: ['qemu/kvm'] };
  it.each([
    ['slow', slow],
    ['crashing', { kind: 'crashes', how: 'x' }],
    ['refusing', { kind: 'cannotCreateVm', stderr: '' }],
    ['undecided', undecided('loaded')],
    ['not checked', undefined],
  ] as const)('is respected when the check says %s', (_, verdict) => {
    const decision = decide(input({ engineFacts: factsFor(verdict, forced) }));
    expect(chosen(decision)).toBe('use qemu/kvm');
    expect(decision.because.key).toBe('decision.because.kvmForced');
  });

  it.each([
    ['absent', { kind: 'absent' }],
    ['forbidden', { kind: 'noPermission', mode: '600', uid: 0, gid: 0 }],
  ] as const)('cannot conjure up a KVM that is %s', (_, verdict) => {
    expect(chosen(decide(input({ engineFacts: factsFor(verdict, forced) })))).toBe('use qemu/tcg');
  });
});

describe('the hypervisor itself', () => {
  it.each([
    [
      'missing',
      { ...qemu, probe: { kind: 'missing', lookedIn: ['/usr/bin'] } },
      'decision.because.driverMissing',
    ],
    [
      'broken',
      { ...qemu, probe: { kind: 'broken', command: ['qemu'], exitCode: 1, stderrTail: '' } },
      'decision.because.driverBroken',
    ],
    ['being looked at', { ...qemu, probe: { kind: 'pending' } }, 'decision.because.driverPending'],
    [
      'found but not asked yet',
      { ...qemu, capabilities: undefined },
      'decision.because.driverPending',
    ],
    [
      'refusing to work',
      { ...qemu, problem: text('decision.because.noEngine') },
      'decision.because.noEngine',
    ],
  ] as const)('%s: nothing is chosen and nothing is asked', (_, driver, because) => {
    const decision = decide(input({ driver }));
    expect(chosen(decision)).toBe('none');
    expect(decision.because.key).toBe(because);
    const pinned = decide(input({ driver, pin: kvm.engine }));
    expect(chosen(pinned)).toBe('none');
  });

  it('missing: what brings it is offered', () => {
    const installRemedies = { qemu: remedy('installQemu', 'debian') };
    const driver = { ...qemu, probe: { kind: 'missing' as const, lookedIn: [] } };
    const engineFacts = factsFor(undefined, { drivers: [driver], installRemedies });
    expect(decide(input({ driver, engineFacts })).action?.command).toBe(
      'sudo apt install qemu-system-x86 qemu-utils',
    );
  });

  it('without engine facts asks before using what was never checked', () => {
    const decision = decide(input({ engineFacts: [] }));
    expect(decision.outcome).toMatchObject({
      kind: 'ask',
      question: { key: 'decision.question.notChecked' },
    });
  });
});

describe('a pin', () => {
  const pinned = (engine: string) => ({ ...definition, pin: toEngineId(engine) });

  it('is followed', () => {
    const decision = decide(input({ definition: pinned('tcg') }));
    expect(chosen(decision)).toBe('use qemu/tcg');
    expect(decision.because.key).toBe('decision.because.pinned');
    expect(decision.pinned).toEqual(tcg);
  });

  it('is followed on a slow KVM, whose slowness stays among the reasons', () => {
    const decision = decide(input({ definition: pinned('kvm'), engineFacts: factsFor(slow) }));
    expect(chosen(decision)).toBe('use qemu/kvm');
    expect(decision.candidates[0]?.reasons[0]?.key).toBe('decision.because.kvmSlow');
  });

  it('that fails is asked about, never overridden', () => {
    const engineFacts = factsFor({ kind: 'absent' });
    const decision = decide(input({ definition: pinned('kvm'), engineFacts }));
    expect(decision.outcome).toEqual({
      kind: 'ask',
      backend: tcg,
      question: text('decision.question.otherThanPin', {
        pinned: 'QEMU on KVM',
        engine: 'QEMU, software',
      }),
    });
    expect(decision.because.key).toBe('decision.because.kvmAbsent');
    expect(standingOf(decision, 'qemu/kvm')).toBe('refused');
  });

  it('to an engine nobody knows is asked about', () => {
    const decision = decide(input({ definition: pinned('hvf') }));
    expect(chosen(decision)).toBe('ask qemu/kvm');
    expect(decision.because).toEqual(text('decision.because.pinUnknown', { engine: 'hvf' }));
  });

  it('for this time wins over the one kept', () => {
    expect(chosen(decide(input({ definition: pinned('tcg'), pin: kvm.engine })))).toBe(
      'use qemu/kvm',
    );
  });

  it('is the word an engine asks for that is never used by itself', () => {
    const [first, second] = qemu.engines;
    const driver = { ...qemu, engines: [first!, { ...second!, isAutomatic: false }] };
    expect(chosen(decide(input({ driver, engineFacts: factsFor({ kind: 'absent' }) })))).toBe(
      'ask qemu/tcg',
    );
    expect(chosen(decide(input({ driver, pin: tcg.engine })))).toBe('use qemu/tcg');
  });
});

describe('saved memory', () => {
  it('binds to the engine that wrote it', () => {
    const decision = decide(input({ savedState: tcg }));
    expect(chosen(decision)).toBe('use qemu/tcg');
    expect(decision.because).toEqual(
      text('decision.because.savedState', { engine: 'QEMU, software' }),
    );
    expect(standingOf(decision, 'qemu/kvm')).toBe('refused');
  });

  it('written on KVM loads on KVM, even where KVM is slow', () => {
    expect(chosen(decide(input({ savedState: kvm, engineFacts: factsFor(slow) })))).toBe(
      'use qemu/kvm',
    );
  });

  it('is not lost when its engine is gone: nothing starts', () => {
    const decision = decide(input({ savedState: kvm, engineFacts: factsFor({ kind: 'absent' }) }));
    expect(chosen(decision)).toBe('none');
    expect(decision.because.key).toBe('decision.because.kvmAbsent');
  });

  it('against a pin: asks for the engine that wrote it', () => {
    const decision = decide(input({ savedState: tcg, pin: kvm.engine }));
    expect(chosen(decision)).toBe('ask qemu/tcg');
    expect(decision.because.key).toBe('decision.because.savedElsewhere');
  });
});

describe('what a machine requires', () => {
  // prettier-ignore
  it.each([
    ['UEFI secure boot without firmware', { firmware: { kind: 'uefi', isSecureBoot: true } }, 'decision.no.secureBootFirmware'],
    ['more memory than there is', { memory: 32_000 as VmConfig['memory'] }, 'decision.no.memory'],
    ['too many processors', { vcpus: 300 }, 'decision.no.vcpus'],
    ['an unknown network adapter', { nics: [{ ...nat(8080), model: 'pcnet' }] }, 'decision.no.nicModel'],
    ['an unknown display', { display: 'vmware' }, 'decision.no.display'],
    ['an unknown disk controller', { disks: [{ ...config.disks[0]!, bus: 'nvme' }] }, 'decision.no.diskBus'],
    ['an unknown disk format', { disks: [{ ...config.disks[0]!, format: 'vhdx' }] }, 'decision.no.diskFormat'],
    ['an unknown machine type', { machineType: 'pc-q35-11.1' }, 'decision.no.machineType'],
    ['a reserved host port', { nics: [nat(80)] }, 'decision.no.lowPort'],
  ] as const)('%s: no engine is chosen, the reason is named', (_, more, reason) => {
    const decision = decide(input({ definition: withConfig(more) }));
    expect(chosen(decision)).toBe('none');
    expect(decision.because.key).toBe(reason);
  });

  it('only where the processor runs the guest: software takes over', () => {
    const driver = {
      ...qemu,
      capabilities: { ...qemu.capabilities!, firmware: ['bios', 'uefi', 'uefi-secure'] as const },
    };
    const secure = withConfig({ firmware: { kind: 'uefi', isSecureBoot: true } });
    const decision = decide(
      input({ driver, definition: secure, facts: { ...facts, hasKvmSmm: known(false) } }),
    );
    expect(chosen(decision)).toBe('use qemu/tcg');
    expect(decision.because.key).toBe('decision.no.smm');
  });

  it('and could not be looked at is asked about', () => {
    const memoryMiB = unknownFact(text('decision.unknown.unreadable', { path: '/proc/meminfo' }));
    const decision = decide(input({ facts: { ...facts, memoryMiB } }));
    expect(chosen(decision)).toBe('ask qemu/kvm');
    expect(decision.because.key).toBe('decision.unknown.unreadable');
  });
});

describe('what a machine would lose', () => {
  it('is named: memory, processors, speed', () => {
    const heavy = withConfig({ vcpus: 8, memory: 12_000 as VmConfig['memory'] });
    const decision = decide(input({ definition: heavy, engineFacts: factsFor(slow) }));
    expect(decision.lost.map(({ key }) => key)).toEqual([
      'decision.no.memoryAvailable',
      'decision.no.vcpusHost',
      'decision.lost.speed',
    ]);
  });

  it('does not name speed for a guest that is light enough for software', () => {
    const demo = { ...definition, family: 'demo' };
    expect(decide(input({ definition: demo, engineFacts: factsFor(slow) })).lost).toEqual([]);
  });
});

describe('guest families', () => {
  it.each([
    ['windows-9x', 'decision.because.family9x'],
    ['freedos', 'decision.because.familyDos'],
    ['os2', 'decision.because.familyOs2'],
    ['windows-nt', 'decision.because.familyOld'],
    ['beos', 'decision.because.familyOld'],
  ])('%s runs in software though KVM is healthy', (family, because) => {
    const decision = decide(input({ definition: { ...definition, family } }));
    expect(chosen(decision)).toBe('use qemu/tcg');
    expect(decision.because.key).toBe(because);
  });

  it.each(['demo', 'linux', 'windows-11', 'windows-xp', 'other', 'never-heard-of'])(
    '%s runs on a healthy KVM',
    (family) => {
      expect(chosen(decide(input({ definition: { ...definition, family } })))).toBe('use qemu/kvm');
    },
  );
});
