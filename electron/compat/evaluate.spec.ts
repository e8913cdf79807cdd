// The feature table: three answers per row, and a catalogue and remedies that are complete for it.
import { describe, expect, it } from 'vitest';
import { formatText } from '../../shared/i18n/format.ts';
import { text } from '../../shared/model/text.ts';
import { capabilities, config, facts, nat, qemu } from './__fixtures__/world.ts';
import { evaluate, type Subject } from './evaluate.ts';
import { features } from './features.ts';
import { noFacts, unknownFact } from './host-facts.ts';
import { remedy, remedyKeys } from './remedies.ts';

const engine = qemu.engines[0]!;
const subject = (more: Partial<Subject> = {}): Subject => ({
  backend: 'qemu/kvm',
  family: 'linux',
  config,
  engine,
  capabilities,
  facts,
  ...more,
});
const row = (id: string) => features.find((feature) => feature.id === id)!;

describe('evaluate', () => {
  it('says yes to what nobody asked for', () => {
    expect(evaluate(row('firmware.uefi'), subject({ capabilities: undefined })).kind).toBe('yes');
  });

  it('says unknown, never no, where the hypervisor has not answered', () => {
    const verdict = evaluate(row('machine.type'), subject({ capabilities: undefined }));
    expect(verdict).toEqual({ kind: 'unknown', reason: text('decision.unknown.capabilities') });
  });

  it('says unknown with what could not be read', () => {
    const reason = text('decision.unknown.unreadable', { path: '/proc/meminfo' });
    const verdict = evaluate(
      row('memory.host'),
      subject({ facts: { ...facts, memoryMiB: unknownFact(reason) } }),
    );
    expect(verdict).toEqual({ kind: 'unknown', reason });
  });

  it('lets a certain no win over an unknown', () => {
    const secure = { ...config, firmware: { kind: 'uefi' as const, isSecureBoot: true } };
    expect(
      evaluate(row('firmware.secure-boot'), subject({ config: secure, facts: noFacts })).kind,
    ).toBe('no');
  });

  it('names value and limit, and the remedy of this distribution', () => {
    const uefi = { ...config, firmware: { kind: 'uefi' as const } };
    const none = { ...capabilities, firmware: ['bios' as const] };
    const fedora = { ...facts, distribution: 'fedora' as const };
    expect(
      evaluate(row('firmware.uefi'), subject({ config: uefi, capabilities: none, facts: fedora })),
    ).toEqual({
      kind: 'no',
      reason: text('decision.no.uefi', { value: 'uefi', limit: 'bios', engine: engine.title }),
      remedy: {
        label: text('host.remedy.installUefi'),
        command: 'sudo dnf install edk2-ovmf',
        needs: ['root'],
      },
    });
  });

  it.each([
    [1024, 'yes'],
    [1023, 'no'],
  ])('judges host port %i: %s', (port, kind) => {
    const verdict = evaluate(
      row('forward.low-port'),
      subject({ config: { ...config, nics: [nat(port)] } }),
    );
    expect(verdict.kind).toBe(kind);
  });
});

describe('the feature table', () => {
  it('has unique ids, a source per row, and sentences without a missing parameter', () => {
    expect(new Set(features.map(({ id }) => id)).size).toBe(features.length);
    for (const feature of features) {
      expect(feature.source).not.toBe('');
      for (const { reason } of feature.requires) {
        const sentence = formatText(
          text(reason, { feature: 'f', sentence: 's', value: 1, limit: 2, engine: 'E' }),
        );
        expect(sentence).not.toMatch(/[{}]|^decision\./);
      }
    }
  });

  it('names no driver', () => {
    expect(JSON.stringify(features.map(({ id, title }) => [id, title]))).not.toMatch(
      /qemu|virtualbox/i,
    );
  });
});

describe('remedies', () => {
  it('have a sentence everywhere and never a command of another distribution', () => {
    for (const key of remedyKeys) {
      expect(formatText(remedy(key, 'other').label)).not.toMatch(/^host\./);
    }
    expect(remedy('installQemu', 'arch').command).toBe('sudo pacman -S qemu-desktop');
    expect(remedy('installQemu', 'suse').command).toContain('zypper');
    expect(remedy('installQemu', 'other').command).toBeUndefined();
  });
});
