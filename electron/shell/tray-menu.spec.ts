// Rules of the tray menu: order, words, what each state offers, the cap, equality.
import { describe, expect, it } from 'vitest';
import { toDriverId, toEngineId, toEpochMs, toVmId } from '../../shared/model/brand.ts';
import { allowedActions, powerStateSchema, type PowerState } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { Vm } from '../../shared/model/vm.ts';
import { emptyState, type AppState } from '../../shared/state/app-state.ts';
import { isSameTrayModel, menuLabel, trayModel, type TrayItem } from './tray-menu.ts';

const driver = toDriverId('qemu');
const engine = toEngineId('kvm');
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const machine = (n: number, name: string, power: PowerState, more: Partial<Vm> = {}): Vm => ({
  definition: {
    version: 1,
    id: toVmId(idOf(n)),
    name,
    driver,
    family: 'linux',
    createdAt: toEpochMs(0),
    config: {} as Vm['definition']['config'],
  },
  power,
  engine: { backend: { driver, engine }, standing: 'proved', because: text('power.running') },
  missingFiles: [],
  hasPendingChanges: false,
  ...more,
});

const world = (...vms: readonly Vm[]): AppState => ({
  ...emptyState,
  vms: Object.fromEntries(vms.map((vm) => [vm.definition.id, vm])),
  drivers: {
    qemu: {
      id: driver,
      title: 'QEMU',
      engines: [
        {
          id: engine,
          speed: 'native',
          title: 'QEMU on KVM',
          shortTitle: 'QEMU·KVM',
          mark: 'ring',
          isAutomatic: true,
          accelerator: 'kvm',
        },
      ],
      probe: { kind: 'pending' },
    },
  },
});

const boxEngine = { standing: 'proved', because: text('power.running') } as const;

const labels = (items: readonly TrayItem[]): readonly string[] =>
  items.map((item) => (item.kind === 'separator' ? '-' : menuLabel(item.label)));
const machineLabels = (state: AppState): readonly string[] =>
  labels(trayModel(state).items.filter((item) => item.kind === 'machine'));
const actionsOf = (vm: Vm): readonly string[] => {
  const item = trayModel(world(vm)).items[0];
  if (item?.kind !== 'machine') return [];
  return item.items.flatMap((inner) => {
    if (inner.kind !== 'command') return [];
    return [inner.command.kind === 'power' ? inner.command.action : inner.command.kind];
  });
};

describe('the tray menu', () => {
  it('names the state in words and the engine of a running machine', () => {
    expect(machineLabels(world(machine(1, 'OPNsense 25.7', 'running')))).toEqual([
      'OPNsense 25.7 (Running, QEMU on KVM)',
    ]);
  });

  it('names the engine of every hypervisor by its own words', () => {
    const state = world(machine(1, 'OPNsense', 'running'));
    const box = { driver: toDriverId('box'), engine: toEngineId('slow') };
    const vm = { ...machine(2, 'build-01', 'paused'), engine: { ...boxEngine, backend: box } };
    const engines = [
      { ...state.drivers['qemu']!.engines[0]!, id: box.engine, title: 'VirtualBox, software' },
    ];
    const drivers = {
      ...state.drivers,
      box: { ...state.drivers['qemu']!, id: box.driver, engines },
    };
    expect(machineLabels({ ...state, vms: { ...state.vms, [idOf(2)]: vm }, drivers })).toEqual([
      'build-01 (Paused, VirtualBox, software)',
      'OPNsense (Running, QEMU on KVM)',
    ]);
    expect(actionsOf(vm)).toEqual(['console', 'resume', 'save', 'powerOff']);
  });

  it('names no engine of a machine that is off', () => {
    expect(machineLabels(world(machine(1, 'box', 'off')))).toEqual(['box (Off)']);
  });

  it('says when the engine is not the one decided', () => {
    const alarm = machine(1, 'box', 'running', {
      engine: { backend: { driver, engine }, standing: 'alarm', because: text('power.running') },
    });
    expect(machineLabels(world(alarm))).toEqual([
      'box (Running, QEMU on KVM, not the engine decided)',
    ]);
  });

  it('lists live machines first, then crashed ones, then the rest by name', () => {
    const state = world(
      machine(1, 'a10', 'off'),
      machine(2, 'a2', 'off'),
      machine(3, 'm', 'crashed'),
      machine(4, 'z', 'paused'),
    );
    expect(machineLabels(state).map((label) => label.split(' ')[0])).toEqual([
      'z',
      'm',
      'a2',
      'a10',
    ]);
  });

  it('offers per state what the transition table allows, and nothing else', () => {
    const notInTray = ['reset', 'discardSaved', 'delete'];
    for (const power of powerStateSchema.options) {
      const offered = actionsOf(machine(1, 'box', power)).filter((name) => name !== 'console');
      const expected = allowedActions(power).filter((action) => !notInTray.includes(action));
      expect([...offered].sort(), power).toEqual([...expected].sort());
    }
  });

  it('opens the console of live and saved machines only', () => {
    expect(actionsOf(machine(1, 'box', 'running'))).toContain('console');
    expect(actionsOf(machine(1, 'box', 'off'))).not.toContain('console');
  });

  it('shows what a pending action leads to and offers only the way out', () => {
    const stopping = machine(1, 'box', 'running', {
      pending: { action: 'shutdown', job: 'j' as never, since: toEpochMs(1) },
    });
    expect(machineLabels(world(stopping))).toEqual(['box (Stopping, QEMU on KVM)']);
    expect(actionsOf(stopping)).toEqual(['console', 'powerOff']);
  });

  it('shows a damaged machine without a submenu', () => {
    const { items } = trayModel(world(machine(1, 'box', 'damaged')));
    expect(items[0]).toMatchObject({ kind: 'note' });
  });

  it('caps the list and leads to all machines', () => {
    const many = Array.from({ length: 1000 }, (_, n) => machine(n, `vm ${n}`, 'off'));
    const { items } = trayModel(world(...many, machine(5000, 'zz last', 'running')));
    expect(items.filter((item) => item.kind === 'machine')).toHaveLength(12);
    expect(labels(items)).toContain('All 1001 machines');
    expect(labels(items)[0]).toBe('zz last (Running, QEMU on KVM)');
  });

  it('says so when there are no machines, and always leads to new, open and quit', () => {
    expect(labels(trayModel(emptyState).items)).toEqual([
      'No machines yet',
      '-',
      'New machine',
      'Open Polyvisor',
      '-',
      'Quit Polyvisor',
    ]);
  });

  it('keeps an ampersand in a name from becoming a shortcut', () => {
    expect(machineLabels(world(machine(1, 'R&D {x}', 'off')))).toEqual(['R&&D {x} (Off)']);
  });

  it('is the same menu until something it shows changes', () => {
    const vm = machine(1, 'box', 'running');
    const model = trayModel(world(vm));
    expect(isSameTrayModel(model, trayModel(world({ ...vm, powerSince: toEpochMs(9) })))).toBe(
      true,
    );
    expect(isSameTrayModel(model, trayModel(world({ ...vm, power: 'paused' })))).toBe(false);
    expect(isSameTrayModel(undefined, model)).toBe(false);
  });
});
