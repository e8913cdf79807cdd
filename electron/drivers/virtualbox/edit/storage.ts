// Disks, CD drives and the floppy drive as steps of `storagectl` and `storageattach`. Pure: finds free places, adds a
// controller or ports where there are none, and knows the way back of every step.
import type { Disk, DiskBus, VmConfig } from '../../../../shared/model/vm-config.ts';
import { controllerByBus } from '../device-names.ts';
import { devicesPerPort, type Controller, type Layout } from './layout.ts';
import { placeOf, type Place } from './places.ts';

export interface Step {
  /** What it is called in an error. */
  readonly setting: string;
  /** A whole command line of VBoxManage. */
  readonly args: readonly string[];
  readonly undo: readonly string[];
  /** VirtualBox does it while the machine runs, by the same command. */
  readonly isLive?: boolean;
}

type Bus = DiskBus | 'floppy';
type Kind = 'hdd' | 'dvddrive' | 'fdd';

interface Device {
  readonly setting: string;
  readonly kind: Kind;
  readonly place: Place | undefined;
  /** Path, or `emptydrive`. */
  readonly medium: string;
  /** Of a disk; a drive takes what there is. */
  readonly bus?: Bus;
}

const empty = 'emptydrive';
const controllerNames: Readonly<Record<Bus, string>> = {
  ide: 'IDE',
  sata: 'SATA',
  scsi: 'VirtIO',
  nvme: 'NVMe',
  lsilogic: 'LsiLogic',
  lsisas: 'LsiLogic SAS',
  buslogic: 'BusLogic',
  usb: 'USB',
  floppy: 'Floppy',
  virtio: 'VirtIO',
};

const diskDevice = (disk: Disk): Device => ({
  setting: 'A disk',
  kind: 'hdd',
  place: placeOf(disk),
  medium: disk.path,
  bus: disk.bus,
});

const devicesOf = (config: VmConfig): readonly Device[] => [
  ...config.disks.map(diskDevice),
  ...config.cdDrives.map((drive): Device => ({
    setting: 'A CD drive',
    kind: 'dvddrive',
    place: placeOf(drive),
    medium: drive.path ?? empty,
  })),
  ...(config.floppy
    ? [
        {
          setting: 'The floppy drive',
          kind: 'fdd',
          place: placeOf(config.floppy),
          medium: config.floppy.path ?? empty,
          bus: 'floppy',
        } satisfies Device,
      ]
    : []),
];

const isSamePlace = (a: Place | undefined, b: Place | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.controller === b.controller &&
  a.port === b.port &&
  a.device === b.device;

/** A disk at its place but on another bus is a disk that moves. */
const isSame = (a: Device, b: Device): boolean =>
  a.kind === b.kind && a.bus === b.bus && isSamePlace(a.place, b.place);

/** The first disk and the first CD on their own cables, as BIOSes and old systems like it. */
const idePlaces: Readonly<Record<'hdd' | 'other', readonly (readonly [number, number])[]>> = {
  hdd: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  other: [
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ],
};

const placesOf = (controller: Controller, kind: Kind): readonly (readonly [number, number])[] => {
  if (controller.bus === 'ide') return idePlaces[kind === 'hdd' ? 'hdd' : 'other'];
  return Array.from({ length: controller.ports }, (_, port) => port).flatMap((port) =>
    Array.from({ length: devicesPerPort(controller.bus) }, (_, device) => [port, device] as const),
  );
};

/** A machine being planned: what it has by then. Steps are added as they are found out. */
class Plan {
  readonly steps: Step[] = [];
  readonly #vm: string;
  readonly #isOld: boolean;
  #controllers: readonly Controller[];
  readonly #taken = new Set<string>();

  constructor(vm: string, layout: Layout, isOld: boolean) {
    this.#vm = vm;
    this.#isOld = isOld;
    this.#controllers = layout.controllers;
    for (const row of layout.attached) this.#taken.add(Plan.#key(row));
  }

  static #key({ controller, port, device }: Place): string {
    return `${controller}\0${port}\0${device}`;
  }

  #attachWords(place: Place, kind: Kind, medium: string): readonly string[] {
    const { controller, port, device } = place;
    return [
      ...['storageattach', this.#vm, '--storagectl', controller],
      ...['--port', String(port), '--device', String(device)],
      ...['--type', kind, '--medium', medium],
    ];
  }

  detach(device: Device): void {
    const { place, setting, kind, medium } = device;
    if (!place) return;
    this.#taken.delete(Plan.#key(place));
    this.steps.push({
      setting,
      args: this.#attachWords(place, kind, 'none'),
      undo: this.#attachWords(place, kind, medium),
    });
  }

  /** Another medium at the same place. */
  change(before: Device, after: Device): void {
    const { place, setting, kind } = after;
    if (!place || before.medium === after.medium) return;
    this.steps.push({
      setting,
      args: this.#attachWords(place, kind, after.medium),
      undo: this.#attachWords(place, kind, before.medium),
      ...(kind === 'hdd' ? {} : { isLive: true }),
    });
  }

  attach(device: Device): void {
    const place = this.#freePlace(device);
    this.#taken.add(Plan.#key(place));
    const { setting, kind, medium } = device;
    this.steps.push({
      setting,
      args: this.#attachWords(place, kind, medium),
      undo: this.#attachWords(place, kind, 'none'),
    });
  }

  #free(controller: Controller, kind: Kind): Place | undefined {
    const found = placesOf(controller, kind)
      .map(([port, device]) => ({ controller: controller.name, port, device }))
      .find((place) => !this.#taken.has(Plan.#key(place)));
    return found;
  }

  /** A drive goes where there is room, by preference where its kind usually is. */
  #busesFor({ bus, kind }: Device): readonly Bus[] {
    if (bus !== undefined) return [bus];
    return kind === 'dvddrive' && this.#isOld ? ['ide', 'sata'] : ['sata', 'ide'];
  }

  #freePlace(device: Device): Place {
    const buses = this.#busesFor(device);
    for (const bus of buses) {
      const rows = this.#controllers.filter((row) => row.bus === bus);
      const place = rows.map((row) => this.#free(row, device.kind)).find((row) => row);
      if (place) return place;
      const grown = rows.map((row) => this.#grow(row)).find((row) => row);
      const inGrown = grown && this.#free(grown, device.kind);
      if (inGrown) return inGrown;
    }
    const wanted =
      buses.find((bus) => this.#controllers.every((row) => row.bus !== bus)) ?? buses[0] ?? 'sata';
    const added = this.#turn(wanted) ?? this.#add(wanted);
    return this.#free(added, device.kind) ?? { controller: added.name, port: 0, device: 0 };
  }

  #grow(controller: Controller): Controller | undefined {
    const { name, bus, ports, maxPorts } = controller;
    if (ports >= maxPorts || bus === 'ide' || bus === 'floppy') return undefined;
    const words = ['storagectl', this.#vm, '--name', name, '--portcount'];
    this.steps.push({
      setting: 'A storage controller',
      args: [...words, String(ports + 1)],
      undo: [...words, String(ports)],
    });
    const grown = { ...controller, ports: ports + 1 };
    this.#controllers = this.#controllers.map((row) => (row === controller ? grown : row));
    return grown;
  }

  /** LsiLogic and BusLogic are the two chips of the one SCSI controller: an empty one becomes the other. */
  #turn(bus: Bus): Controller | undefined {
    const kind = controllerByBus(bus);
    const idle = this.#controllers.find(
      ({ name, bus: old }) =>
        old !== undefined &&
        old !== bus &&
        controllerByBus(old)?.add === kind?.add &&
        ![...this.#taken].some((key) => key.startsWith(`${name}\0`)),
    );
    if (!idle?.bus || !kind) return undefined;
    const words = ['storagectl', this.#vm, '--name', idle.name, '--controller'];
    this.steps.push({
      setting: 'A storage controller',
      args: [...words, kind.controller],
      undo: [...words, controllerByBus(idle.bus)?.controller ?? ''],
    });
    const turned = { ...idle, bus };
    this.#controllers = this.#controllers.map((row) => (row === idle ? turned : row));
    return turned;
  }

  #add(bus: Bus): Controller {
    const kind = controllerByBus(bus);
    const names = this.#controllers.map((row) => row.name);
    const base = controllerNames[bus];
    let name = base;
    for (let number = 2; names.includes(name); number += 1) name = `${base} ${number}`;
    const words = ['storagectl', this.#vm, '--name', name];
    // Every empty port costs a guest time at its start; these controllers begin with dozens of them.
    const isPortCounted = bus === 'sata' || bus === 'lsisas';
    this.steps.push({
      setting: 'A storage controller',
      args: [
        ...words,
        ...['--add', kind?.add ?? bus, '--controller', kind?.controller ?? ''],
        ...(isPortCounted ? ['--portcount', '1'] : []),
      ],
      undo: [...words, '--remove'],
    });
    const fixed: Partial<Record<Bus, readonly [number, number]>> = {
      ide: [2, 2],
      floppy: [1, 1],
      lsilogic: [16, 16],
      buslogic: [16, 16],
      usb: [8, 8],
      sata: [1, 30],
    };
    const [ports, maxPorts] = fixed[bus] ?? [1, 255];
    const added: Controller = { name, bus, ports, maxPorts };
    this.#controllers = [...this.#controllers, added];
    return added;
  }
}

/**
 * Steps that turn the drives of `before` into those of `after`. What goes is detached first, so that what comes may
 * take its place; controllers stay, and what `before` does not name is not touched.
 */
export const storageSteps = (
  vm: string,
  before: VmConfig | undefined,
  after: VmConfig,
  layout: Layout,
): readonly Step[] => {
  const old = before ? devicesOf(before) : [];
  const wanted = devicesOf(after);
  const isOld = after.disks.some((disk) => disk.bus === 'ide') || after.chipset === 'pc';
  const plan = new Plan(vm, layout, isOld);
  for (const device of old) {
    if (!wanted.some((row) => isSame(row, device))) plan.detach(device);
  }
  for (const device of wanted) {
    const former = old.find((row) => isSame(row, device));
    if (former) plan.change(former, device);
    else plan.attach(device);
  }
  return plan.steps;
};
