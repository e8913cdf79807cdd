// What VirtualBox is told: carrying a plan out turns the machine of before into the one of after and touches nothing
// else, walking it back restores it, and nothing at all is told where nothing differs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDriverId, toEpochMs, toMiB } from '../../../../shared/model/brand.ts';
import type { Disk, VmConfig } from '../../../../shared/model/vm-config.ts';
import type { Nic } from '../../../../shared/model/network.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import { Model, modelId as id } from './__fixtures__/model.ts';
import { nicByModel } from '../device-names.ts';
import { emptyLayout } from './layout.ts';
import { planEdit, planLiveEdit, planNew } from './plan.ts';
import type { Step } from './storage.ts';
import { osTypeOf } from './os-types.ts';
import { attachmentWords, bootWords, chipsetWords, macWord } from './places.ts';

/** The machine of a definition whose devices got their places, as the reader gives it. */
const placed = (definition: VmDefinition, model: Model): VmDefinition => {
  const { config } = definition;
  const left = [...model.layout().attached];
  const place = <T extends object>(
    row: T,
    kind: string,
    path: string | undefined,
    bus?: string,
  ): T => {
    const wanted = `${kind} ${path ?? 'emptydrive'}`;
    const index = left.findIndex(
      ({ medium, controller }) =>
        medium === wanted && (bus === undefined || model.controllers.get(controller)?.bus === bus),
    );
    const [found] = left.splice(index, 1);
    if (index < 0 || !found) throw new Error(`${wanted} is nowhere on ${bus}`);
    const { controller, port, device } = found;
    return { ...row, controller, port, device };
  };
  const disks = config.disks.map((disk) => place(disk, 'hdd', disk.path, disk.bus));
  const cdDrives = config.cdDrives.map((cd) => place(cd, 'dvddrive', cd.path));
  const floppy = config.floppy && place(config.floppy, 'fdd', config.floppy.path, 'floppy');
  expect(left).toEqual([]);
  return { ...definition, config: { ...config, disks, cdDrives, ...(floppy ? { floppy } : {}) } };
};

const run = (model: Model, steps: readonly Step[]): void => {
  for (const { args } of steps) model.run(args);
};
const made = (definition: VmDefinition): Model => {
  const model = new Model();
  run(model, planNew(definition, emptyLayout));
  return model;
};

const forwards = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom('ssh', 'dns', 'web', 'ü b'),
      protocol: fc.constantFrom('tcp', 'udp'),
      hostAddress: fc.constantFrom('', '127.0.0.1'),
      hostPort: fc.constantFrom(2222, 5353),
      guestPort: fc.constantFrom(22, 53),
    }),
    { maxLength: 3, selector: (row) => row.id },
  )
  .map((rows) =>
    rows.filter(
      (row, index) =>
        rows.findIndex(
          (other) =>
            other.protocol === row.protocol &&
            other.hostPort === row.hostPort &&
            other.hostAddress === row.hostAddress,
        ) === index,
    ),
  );
const attachment: fc.Arbitrary<Nic['attachment']> = fc.oneof(
  forwards.map((rows): Nic['attachment'] => ({
    kind: 'nat',
    ipv6: false,
    forwards: rows,
  })),
  fc.constant<Nic['attachment']>({ kind: 'none' }),
  fc
    .constantFrom('lab', 'b c')
    .map((network): Nic['attachment'] => ({ kind: 'internal', network })),
  fc.constant<Nic['attachment']>({ kind: 'natNetwork', network: 'n' }),
  fc.constant<Nic['attachment']>({ kind: 'hostOnly', network: 'vboxnet0' }),
  fc.constant<Nic['attachment']>({ kind: 'bridged', uplink: 'eth0' }),
);
const nics = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 7 }).map((slot) => `nic${slot}`),
    model: fc.constantFrom<Nic['model']>('e1000', 'pcnet', 'virtio-net-pci'),
    mac: fc.constantFrom('52:54:00:00:00:01', '52:54:00:ab:cd:ef'),
    isCableConnected: fc.boolean(),
    attachment,
  }),
  { maxLength: 4, selector: (nic) => nic.id },
);
const disks = fc
  .uniqueArray(fc.constantFrom('/d/1.vdi', '/d/2.vdi', '/d/-3 "x".vdi', '/d/4.vdi'), {
    maxLength: 4,
  })
  .chain((paths) =>
    fc.tuple(
      ...paths.map((path, index) =>
        fc
          .constantFrom<Disk['bus']>('ide', 'sata', 'scsi', 'nvme')
          .map((bus): Disk => ({ id: `disk${index}`, path, format: 'vdi', bus, isOwned: false })),
      ),
    ),
  )
  // Two places of IDE are left for CD drives; a machine has one SCSI controller.
  .filter((rows) => rows.filter((disk) => disk.bus === 'ide').length <= 2)
  .filter((rows) => new Set(rows.flatMap(({ bus }) => (/logic$/.test(bus) ? [bus] : []))).size < 2);
const maybePath = fc.constantFrom(undefined, '/d/a.iso', '/d/b.iso');
const config: fc.Arbitrary<VmConfig> = fc
  .record({
    vcpus: fc.constantFrom(1, 2, 4),
    memory: fc.constantFrom(64, 1024).map(toMiB),
    firmware: fc.constantFrom<VmConfig['firmware']>({ kind: 'bios' }, { kind: 'uefi' }),
    chipset: fc.constantFrom<VmConfig['chipset']>('pc', 'q35'),
    disks,
    cds: fc.array(maybePath, { maxLength: 2 }),
    floppy: fc.constantFrom(undefined, {}, { path: '/d/f.img' }),
    bootOrder: fc.uniqueArray(
      fc.constantFrom<'disk' | 'cd' | 'floppy' | 'network'>('disk', 'cd', 'floppy', 'network'),
      { minLength: 1 },
    ),
    display: fc.constantFrom<VmConfig['display']>('vboxvga', 'vmware', 'none'),
    nics,
    hasSerialPort: fc.boolean(),
    rtcBase: fc.constantFrom<VmConfig['rtcBase']>('utc', 'localtime'),
    hasUsbTablet: fc.boolean(),
  })
  .map(({ cds, floppy, ...rest }) => ({
    ...rest,
    machineType: chipsetWords[rest.chipset],
    cpuModel: 'default',
    hasGuestAgent: false,
    cdDrives: cds.map((path, index) => ({
      id: `cd${index}`,
      ...(path === undefined ? {} : { path }),
    })),
    ...(floppy ? { floppy } : {}),
  }));
const definition: fc.Arbitrary<VmDefinition> = fc
  .record({
    name: fc.constantFrom('a', '--b "c"'),
    family: fc.constantFrom('linux', 'os2'),
    notes: fc.constantFrom(undefined, 'x\n-y'),
    config,
  })
  .map(({ notes, ...rest }) => ({
    version: 1,
    id,
    driver: toDriverId('virtualbox'),
    createdAt: toEpochMs(0),
    ...rest,
    ...(notes === undefined ? {} : { notes }),
  }));

/** `after` as the window sends it: rows that stay carry their places, others are new. */
const keepingPlaces = (before: VmDefinition, after: VmDefinition): VmDefinition => ({
  ...after,
  config: {
    ...after.config,
    disks: after.config.disks.map((disk) => {
      const former = before.config.disks.find((row) => row.path === disk.path);
      return former ? { ...former, bus: disk.bus } : disk;
    }),
    cdDrives: after.config.cdDrives.map((cd, index) => {
      const { path: _path, ...former } = before.config.cdDrives[index] ?? cd;
      return { ...former, ...(cd.path === undefined ? {} : { path: cd.path }) };
    }),
    ...(after.config.floppy
      ? {
          floppy: (() => {
            const { path: _path, ...former } = before.config.floppy ?? {};
            return { ...former, ...after.config.floppy };
          })(),
        }
      : {}),
  },
});

/** What VirtualBox would hold for a definition, said without the planner. */
const expectedRules = (nic: Nic): readonly string[] =>
  nic.attachment.kind === 'nat' ? nic.attachment.forwards.map((row) => row.id).sort() : [];
const check = (model: Model, { config: wanted, ...rest }: VmDefinition): void => {
  const { settings } = model;
  expect(settings.get('--memory')).toBe(String(wanted.memory));
  expect(settings.get('--cpus')).toBe(String(wanted.vcpus));
  expect(settings.get('--chipset')).toBe(chipsetWords[wanted.chipset]);
  expect(settings.get('--firmware')).toBe(wanted.firmware.kind === 'uefi' ? 'efi' : 'bios');
  expect(settings.get('--description')).toBe(rest.notes ?? '');
  expect(settings.get('--mouse')).toBe(wanted.hasUsbTablet ? 'usbtablet' : 'ps2');
  expect(settings.get('--uart1')).toBe(wanted.hasSerialPort ? '0x3F8 4' : 'off');
  expect(settings.get('--rtc-use-utc')).toBe(wanted.rtcBase === 'utc' ? 'on' : 'off');
  const order = [1, 2, 3, 4].map((place) => settings.get(`--boot${place}`));
  expect(order).toEqual(
    [0, 1, 2, 3].map((index) => {
      const device = wanted.bootOrder[index];
      return device === undefined ? 'none' : bootWords[device];
    }),
  );
  if (wanted.vcpus > 1) expect(settings.get('--ioapic')).toBe('on');
  for (let number = 1; number <= 8; number += 1) {
    const nic = wanted.nics.find((row) => row.id === `nic${number - 1}`);
    const word =
      nic && nic.attachment.kind !== 'other' ? attachmentWords[nic.attachment.kind] : 'none';
    expect(settings.get(`--nic${number}`) ?? 'none').toBe(word);
    expect([...(model.rules.get(number)?.keys() ?? [])].sort()).toEqual(
      nic ? expectedRules(nic) : [],
    );
    if (!nic) continue;
    expect(settings.get(`--mac-address${number}`)).toBe(macWord(nic.mac));
    expect(settings.get(`--nic-type${number}`)).toBe(nicByModel(nic.model)?.nicType);
    expect(settings.get(`--cable-connected${number}`)).toBe(nic.isCableConnected ? 'on' : 'off');
  }
};

describe('a plan', () => {
  it('makes what was asked', () => {
    fc.assert(
      fc.property(definition, (wanted) => {
        const model = made(wanted);
        check(model, wanted);
        placed(wanted, model);
      }),
    );
  });

  it('turns before into after, and back', () => {
    fc.assert(
      fc.property(definition, definition, (first, second) => {
        const model = made(first);
        const before = placed(first, model);
        const picture = model.picture();
        const after = keepingPlaces(before, second);
        const steps = planEdit(before, after, model.layout());
        run(model, steps);
        check(model, after);
        placed(second, model);
        if (before.name !== after.name) expect(model.settings.get('--name')).toBe(after.name);
        if (before.family !== after.family) {
          expect(model.settings.get('--os-type')).toBe(osTypeOf(after.family));
        }
        for (const { undo } of [...steps].reverse()) if (undo.length > 0) model.run(undo);
        const returned = model.picture() as { readonly settings: Readonly<Record<string, string>> };
        const former = picture as typeof returned;
        // What had no value before keeps the one it was given: VirtualBox has no "unset".
        for (const [key, value] of Object.entries(former.settings)) {
          if (key !== '--ioapic' && key !== '--vram')
            expect([key, returned.settings[key]]).toEqual([key, value]);
        }
        expect({ ...returned, settings: {} }).toMatchObject({ ...former, settings: {} });
      }),
    );
  });

  it('says nothing where nothing differs, and names only what does', () => {
    fc.assert(
      fc.property(definition, (first) => {
        const model = made(first);
        const same = placed(first, model);
        expect(planEdit(same, same, model.layout())).toEqual([]);
        const more = { ...same, config: { ...same.config, memory: toMiB(777) } };
        const words = planEdit(same, more, model.layout()).flatMap((step) => step.args);
        expect(words).toEqual(['modifyvm', id, '--memory', '777']);
      }),
    );
  });

  it('for a running machine does the same by other words, or refuses', () => {
    fc.assert(
      fc.property(
        definition,
        forwards,
        fc.boolean(),
        fc.boolean(),
        (first, rows, cable, isMemory) => {
          const model = made(first);
          const before = placed(first, model);
          const [nic, ...others] = before.config.nics;
          fc.pre(nic?.attachment.kind === 'nat');
          const changed: Nic = {
            ...nic,
            isCableConnected: cable,
            attachment: { kind: 'nat', ipv6: false, forwards: rows },
          };
          const after: VmDefinition = {
            ...before,
            config: {
              ...before.config,
              nics: [changed, ...others],
              ...(isMemory ? { memory: toMiB(777) } : {}),
            },
          };
          const plan = planLiveEdit(before, after, model.layout());
          if (isMemory) {
            expect(plan).toEqual({ kind: 'refused', setting: 'Memory' });
            return;
          }
          if (plan.kind !== 'possible') throw new Error(plan.setting);
          const picture = model.picture();
          run(model, plan.steps);
          check(model, after);
          for (const { undo } of [...plan.steps].reverse()) model.run(undo);
          expect(model.picture()).toEqual(picture);
        },
      ),
    );
  });
});
