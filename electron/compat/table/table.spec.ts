// The compatibility table is complete, speaks in sentences, and says what was tried as it came out.
import { describe, expect, it } from 'vitest';
import { tableTexts } from '../../../shared/i18n/en/table.ts';
import { formatText } from '../../../shared/i18n/format.ts';
import { guestFamilies } from '../../../shared/model/guest-family.ts';
import { familyEngines } from '../family-engines.ts';
import { tableRows } from './all.ts';
import { backends, type Cell } from './cell.ts';
import { familyRows } from './families.ts';

const keyOf = (cell: Cell): string | undefined => {
  switch (cell.kind) {
    case 'yes':
      return undefined;
    case 'degraded':
      return cell.how;
    case 'no':
      return cell.why;
    case 'needs':
      return cell.what;
    case 'probe':
      return cell.look;
  }
};
const cellOf = (row: string, backend: (typeof backends)[number]): Cell => {
  const found = tableRows.find(({ id }) => id === row);
  if (!found) throw new Error(`no row ${row}`);
  return found.cells[backend];
};

describe('the compatibility table', () => {
  it('has a cell per backend, a source and an id of its own in every row', () => {
    expect(new Set(tableRows.map(({ id }) => id)).size).toBe(tableRows.length);
    for (const row of tableRows) {
      expect(Object.keys(row.cells), row.id).toEqual([...backends]);
      expect(row.source, row.id).not.toBe('');
    }
  });

  it('uses every sentence of its catalogue, and every sentence is one', () => {
    const used = new Set<string>();
    for (const row of tableRows) {
      used.add(row.title);
      for (const cell of Object.values(row.cells)) used.add(keyOf(cell) ?? row.title);
    }
    for (const { quirk } of familyRows) if (quirk) used.add(quirk);
    expect([...used].sort()).toEqual(Object.keys(tableTexts).sort());
    for (const key of Object.keys(tableTexts) as (keyof typeof tableTexts)[]) {
      const sentence = formatText({ key });
      expect(sentence, key).not.toMatch(/[{}]/);
      if (!key.startsWith('table.row.')) expect(sentence, key).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('memory.balloon is refused on VirtualBox without its driver and works with it', () => {
    expect(cellOf('memory.balloon', 'virtualbox/vboxdrv').kind).not.toBe('no');
    expect(cellOf('memory.balloon', 'virtualbox/kvm').kind).toBe('no');
    expect(cellOf('memory.balloon', 'virtualbox/software').kind).toBe('no');
  });

  it('networks are the same on every engine without vboxdrv: free on our switch, authorised on a bridge', () => {
    const others = backends.filter((backend) => backend !== 'virtualbox/vboxdrv');
    for (const row of ['net.nat-network', 'net.internal', 'net.vlan-switch']) {
      for (const backend of others) expect(cellOf(row, backend), row).toEqual({ kind: 'yes' });
    }
    for (const row of ['net.host-only', 'net.bridged', 'net.vlan-access', 'net.vlan-trunk']) {
      for (const backend of others) expect(cellOf(row, backend).kind, row).toBe('needs');
    }
  });

  it('NAT with port forwards works on every backend', () => {
    for (const backend of backends) {
      expect(cellOf('net.nat', backend)).toEqual({ kind: 'yes' });
      expect(cellOf('net.nat-forward', backend)).toEqual({ kind: 'yes' });
    }
  });

  it('never promises an engine nobody here has run as tried, beyond what its source says', () => {
    // VirtualBox on KVM is in no build we could run: nothing may rest on a trial alone.
    for (const row of tableRows.filter(({ standing }) => standing === 'tried')) {
      const kvm = row.cells['virtualbox/kvm'];
      const software = row.cells['virtualbox/software'];
      if (kvm.kind === 'no' && software.kind !== 'no') expect(row.source, row.id).toMatch(/https/);
    }
  });
});

describe('guest families', () => {
  it('have rows with unique ids, at least one engine, adapter, disk and display', () => {
    expect(new Set(familyRows.map(({ id }) => id)).size).toBe(familyRows.length);
    for (const row of familyRows) {
      expect(
        row.order.length * row.nics.length * row.disks.length * row.displays.length,
        row.id,
      ).toBeGreaterThan(0);
      expect(new Set(row.order).size, row.id).toBe(row.order.length);
    }
  });

  it('belong to a family that machines can carry, with one typical row at most', () => {
    const known = guestFamilies.map(({ id }) => id);
    for (const { family } of familyRows) expect(known).toContain(family);
    for (const id of known) {
      const typical = familyRows.filter((row) => row.family === id && row.isTypical);
      expect(typical.length, id).toBeLessThanOrEqual(1);
    }
  });

  it('give a reason exactly where software emulation comes before KVM', () => {
    for (const { id } of guestFamilies) {
      const { order, softwareFirst } = familyEngines(id);
      const [software, kvm] = [order.indexOf('qemu/tcg'), order.indexOf('qemu/kvm')];
      // What is left out comes last.
      const isFirst = software !== -1 && (kvm === -1 || software < kvm);
      expect(softwareFirst !== undefined, id).toBe(isFirst);
    }
  });

  it('that may not be silently emulated keep software out of their first place', () => {
    for (const row of familyRows) expect(row.order[0], row.id).not.toBe('virtualbox/software');
  });
});
