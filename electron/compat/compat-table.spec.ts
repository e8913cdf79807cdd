// The table as people see it: whole sentences, this host's answers where it has any, and the machine's wishes marked.
import { describe, expect, it } from 'vitest';
import { toEngineId } from '../../shared/model/brand.ts';
import type { HostCheck } from '../../shared/model/compat.ts';
import { compatRowSchema, type CompatCell } from '../../shared/model/compat-table.ts';
import { backendKey, type DriverInfo } from '../../shared/model/driver.ts';
import { formatText } from '../../shared/i18n/format.ts';
import { capabilities, definition, facts, nat, qemu, virtualBox } from './__fixtures__/world.ts';
import { compatTable, type CompatTableInput } from './compat-table.ts';
import { known, noFacts } from './host-facts.ts';
import { tableUses } from './table-uses.ts';
import { backends } from './table/cell.ts';

const box: DriverInfo = {
  ...virtualBox,
  engines: [{ ...virtualBox.engines[0]!, id: toEngineId('vboxdrv') }, ...virtualBox.engines],
};
const emu: DriverInfo = {
  ...qemu,
  capabilities: { ...capabilities, nicAttachments: ['nat', 'none'] },
};
const table = (change: Partial<CompatTableInput> = {}) =>
  compatTable({ drivers: [box, emu], facts, ...change });
const rowOf = (id: string, change: Partial<CompatTableInput> = {}) => {
  const row = table(change).find((each) => each.id === id);
  if (!row) throw new Error(`no row ${id}`);
  return row;
};
const cell = (id: string, key: string, change: Partial<CompatTableInput> = {}): CompatCell => {
  const found = rowOf(id, change).cells.find(({ backend }) => backendKey(backend) === key);
  if (!found) throw new Error(`no cell ${id} ${key}`);
  return found;
};

describe('every row', () => {
  it('speaks the contract’s language, has a cell per engine, a source and a title', () => {
    const rows = table();
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    for (const row of rows) {
      expect(compatRowSchema.parse(row)).toEqual(row);
      expect(row.cells.map(({ backend }) => backendKey(backend))).toEqual(backends);
      expect(row.source).not.toBe('');
      expect(formatText(row.title)).not.toMatch(/[{}]|^table\.|^compat\./);
    }
  });

  it('says in a whole sentence whatever is not a plain yes', () => {
    for (const { id, cells } of table())
      for (const each of cells) {
        const sentence = each.sentence && formatText(each.sentence);
        if (each.verdict !== 'yes') expect(sentence, id).toMatch(/^\p{Lu}.*\.$/su);
      }
  });

  it('that a use is told for exists', () => {
    const ids = new Set(table().map(({ id }) => id));
    expect(Object.keys(tableUses).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('has columns only for hypervisors that are known, in their order', () => {
    const keys = rowOf('net.nat', { drivers: [emu] }).cells.map(({ backend }) =>
      backendKey(backend),
    );
    expect(keys).toEqual(['qemu/kvm', 'qemu/tcg']);
  });
});

describe('a cell', () => {
  it('tells the networks of VirtualBox by engine', () => {
    for (const engine of ['kvm', 'software']) {
      expect(cell('net.nat-network', `virtualbox/${engine}`).verdict).toBe('yes');
      expect(cell('net.vlan-switch', `virtualbox/${engine}`).verdict).toBe('yes');
      expect(cell('net.bridged', `virtualbox/${engine}`).verdict).toBe('needs');
    }
    expect(cell('net.bridged', 'virtualbox/vboxdrv').verdict).toBe('yes');
    expect(cell('net.vlan-switch', 'virtualbox/vboxdrv').verdict).toBe('no');
    expect(cell('net.host-only', 'virtualbox/vboxdrv').verdict).toBe('limited');
    expect(cell('net.nat', 'virtualbox/software').verdict).toBe('yes');
  });

  it('does not promise what Polyvisor cannot do with the hypervisor yet', () => {
    expect(cell('net.internal', 'qemu/kvm')).toMatchObject({
      verdict: 'no',
      standing: 'here',
      sentence: { key: 'compat.cell.notOffered' },
    });
    const plugs = (...kinds: readonly ('stream' | 'tap')[]): Partial<CompatTableInput> => {
      const networking = ['kvm', 'tcg'].map((engine) => ({
        engine: toEngineId(engine),
        native: ['nat'],
        plugs: kinds,
      }));
      const can = { ...capabilities, nicAttachments: ['nat', 'internal', 'bridged'], networking };
      return { drivers: [box, { ...emu, capabilities: can }] };
    };
    const internal = plugs('stream');
    expect(cell('net.internal', 'qemu/kvm', internal)).toMatchObject({
      verdict: 'yes',
      standing: 'here',
    });
    expect(cell('net.bridged', 'qemu/kvm', internal).verdict).toBe('no');
    expect(cell('net.bridged', 'qemu/kvm', plugs('stream', 'tap')).verdict).toBe('needs');
    expect(cell('nic.rtl8139', 'qemu/kvm').verdict).toBe('no');
    expect(cell('nic.e1000', 'qemu/kvm')).toMatchObject({ verdict: 'yes', standing: 'here' });
  });

  it('that depends on this host is settled by what was seen here, and open otherwise', () => {
    const secure = (change?: Partial<CompatTableInput>) =>
      cell('firmware.secure-boot', 'qemu/kvm', change);
    expect(secure()).toMatchObject({ verdict: 'yes', standing: 'here' });
    expect(secure({ facts: { ...facts, hasKvmSmm: known(false) } })).toMatchObject({
      verdict: 'no',
      standing: 'here',
    });
    expect(secure({ facts: noFacts })).toMatchObject({ verdict: 'unknown', standing: 'tried' });
    const noUefi = { ...emu, capabilities: { ...capabilities, firmware: ['bios' as const] } };
    expect(cell('firmware.uefi', 'qemu/tcg', { drivers: [noUefi] })).toMatchObject({
      verdict: 'needs',
      standing: 'here',
      remedy: { command: 'sudo apt install ovmf' },
    });
  });

  it('is settled by a check of this host, with its remedy where it fails', () => {
    const check = (verdict: HostCheck['verdict']): Record<string, HostCheck> => ({
      'qemu.tpm': {
        id: 'qemu.tpm',
        category: 'qemu',
        verdict,
        title: { key: 'host.check.qemuTpm' },
        sentence: { key: 'host.sentence.tpmNo' },
        tested: '',
        raw: '',
        remedies: [{ label: { key: 'host.remedy.lookAgain' }, needs: [] }],
        affects: [],
      },
    });
    const tpm = (verdict: HostCheck['verdict']) =>
      cell('tpm', 'qemu/kvm', { checks: check(verdict) });
    expect(tpm('good')).toMatchObject({ verdict: 'yes', standing: 'here' });
    expect(tpm('info')).toMatchObject({
      verdict: 'needs',
      standing: 'here',
      remedy: { label: { key: 'host.remedy.lookAgain' } },
    });
    expect(tpm('unknown')).toMatchObject({ verdict: 'needs', standing: 'read' });
    expect(cell('tpm', 'qemu/kvm')).toMatchObject({ verdict: 'needs', standing: 'read' });
  });

  it('is tried only where we could try it', () => {
    expect(cell('net.nat', 'virtualbox/software').standing).toBe('tried');
    expect(cell('net.nat', 'virtualbox/vboxdrv').standing).toBe('read');
    expect(cell('net.nat', 'virtualbox/kvm').standing).toBe('read');
  });

  it('keeps what the feature would be where the hypervisor is missing', () => {
    const missing: DriverInfo = {
      id: box.id,
      title: box.title,
      engines: box.engines,
      probe: { kind: 'missing', lookedIn: [] },
    };
    expect(cell('net.bridged', 'virtualbox/vboxdrv', { drivers: [missing, emu] }).verdict).toBe(
      'yes',
    );
  });

  it('of a guest family follows its order', () => {
    expect(cell('family.os2', 'virtualbox/vboxdrv').verdict).toBe('yes');
    expect(cell('family.os2', 'virtualbox/kvm').verdict).toBe('limited');
    expect(cell('family.windows-11', 'qemu/tcg').verdict).toBe('limited');
    expect(cell('family.dos', 'qemu/tcg').verdict).toBe('yes');
  });
});

it('marks what a machine uses, and nothing without a machine', () => {
  expect(table().some(({ isWanted }) => isWanted)).toBe(false);
  const config = { ...definition.config, nics: [nat(80, true)], hasSerialPort: true };
  const wanted = table({ definition: { ...definition, config } })
    .filter(({ isWanted }) => isWanted)
    .map(({ id }) => id);
  expect(wanted).toEqual([
    'net.nat',
    'net.nat-forward',
    'net.low-port',
    'net.nat-ipv6',
    'nic.virtio',
    'disk.qcow2',
    'bus.virtio-blk',
    'firmware.bios',
    'port.serial',
    'speed',
    'vcpus.many',
    'family.linux',
  ]);
});
