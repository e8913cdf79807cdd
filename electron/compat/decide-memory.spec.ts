// What experience with a machine and other drivers change about the decision.
import { describe, expect, it } from 'vitest';
import { toEngineId } from '../../shared/model/brand.ts';
import type { Decision } from '../../shared/model/compat.ts';
import { backendKey } from '../../shared/model/driver.ts';
import { text } from '../../shared/model/text.ts';
import {
  definition,
  factsFor,
  healthy,
  input,
  kvm,
  qemu,
  slow,
  tcg,
  usable,
  vboxKvm,
  virtualBox,
} from './__fixtures__/world.ts';
import { decide } from './decide.ts';

const chosen = ({ outcome }: Decision): string =>
  outcome.kind === 'none' ? 'none' : `${outcome.kind} ${backendKey(outcome.backend)}`;

describe('habit and health', () => {
  it('two crashes soon after starting turn to the other engine when the family allows', () => {
    const demo = { ...definition, family: 'os2' };
    const health = [{ backend: tcg, quickCrashes: 2 }];
    const decision = decide(input({ definition: demo, health }));
    expect(chosen(decision)).toBe('use qemu/kvm');
    expect(decision.because.key).toBe('decision.because.crashesEarly');
  });

  it('one crash changes nothing', () => {
    const os2 = { ...definition, family: 'os2' };
    const health = [{ backend: tcg, quickCrashes: 1 }];
    expect(chosen(decide(input({ definition: os2, health })))).toBe('use qemu/tcg');
  });

  it('crashes lower the score of a healthy KVM without making emulation the better choice', () => {
    const decision = decide(input({ health: [{ backend: kvm, quickCrashes: 2 }] }));
    expect(chosen(decision)).toBe('use qemu/kvm');
    expect(decision.candidates[0]?.reasons.map(({ key }) => key)).toContain(
      'decision.because.crashesEarly',
    );
  });

  it('the last engine that went well wins a near tie', () => {
    const win98 = { ...definition, family: 'windows-9x' };
    expect(chosen(decide(input({ definition: win98, lastGood: kvm })))).toBe('use qemu/kvm');
  });

  it('habit decides between scores that are nearly equal, before the family does', () => {
    const other = { driver: qemu.id, engine: toEngineId('other') };
    const native = { ...qemu.engines[0]!, id: other.engine };
    const more = {
      definition: { ...definition, family: 'haiku' },
      driver: { ...qemu, engines: [...qemu.engines, native] },
      engineFacts: [...factsFor(healthy), usable(other)],
    };
    expect(chosen(decide(input(more)))).toBe('use qemu/kvm');
    const { outcome, candidates } = decide(input({ ...more, lastGood: other }));
    expect(outcome).toEqual({ kind: 'use', backend: other });
    expect(candidates[1]!.score - candidates[0]!.score).toBe(1);
  });

  it('habit never leads onto a slow KVM', () => {
    expect(chosen(decide(input({ engineFacts: factsFor(slow), lastGood: kvm })))).toBe(
      'use qemu/tcg',
    );
  });
});

describe('others', () => {
  it('an engine held by somebody else is refused for now, with the reason', () => {
    const exclusions = [{ backend: kvm, reason: text('decision.because.kvmBusy') }];
    const decision = decide(input({ exclusions }));
    expect(chosen(decision)).toBe('use qemu/tcg');
    expect(decision.because.key).toBe('decision.because.kvmBusy');
  });

  it('other drivers are suggested after conversion and never chosen', () => {
    const engineFacts = [...factsFor({ kind: 'absent' }), usable(vboxKvm)];
    const decision = decide(input({ others: [virtualBox], engineFacts }));
    expect(chosen(decision)).toBe('use qemu/tcg');
    expect(decision.suggestions).toEqual([
      {
        kind: 'suggestion',
        backend: vboxKvm,
        requires: 'conversion',
        reasons: [usable(vboxKvm).reason],
      },
    ]);
  });

  it('a driver without engines is no reason to fail', () => {
    const decision = decide(input({ driver: { ...qemu, engines: [] } }));
    expect(chosen(decision)).toBe('none');
    expect(decision.because.key).toBe('decision.because.noEngine');
  });
});
