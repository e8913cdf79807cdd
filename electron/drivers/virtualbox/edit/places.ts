// Where a device of a definition sits in VirtualBox, and VirtualBox's words for what is not in device-names.ts. The
// reader (definition.ts) gives a network card the id `nic` and its slot; a disk, CD drive or floppy drive has
// `controller` (its name), `port` and `device` as loose keys. A row without them is new.
import type { NicAttachment } from '../../../../shared/model/network.ts';
import type { BootDevice, VmConfig } from '../../../../shared/model/vm-config.ts';

export const nicSlots = 8;

export interface Place {
  readonly controller: string;
  readonly port: number;
  readonly device: number;
}

export const placeOf = (row: Readonly<Record<string, unknown>>): Place | undefined => {
  const { controller, port, device } = row;
  if (typeof controller !== 'string' || typeof port !== 'number' || typeof device !== 'number') {
    return undefined;
  }
  return { controller, port, device };
};

/** 0 to 7; VBoxManage counts from 1. `undefined`: the card has no slot yet. */
export const slotOf = (id: string): number | undefined => {
  const slot = /^nic([0-7])$/.exec(id)?.[1];
  return slot === undefined ? undefined : Number(slot);
};

/** Words for `--nicN`; printed in the same spelling. `other` is kept, never made. */
export const attachmentWords: Readonly<Record<Exclude<NicAttachment['kind'], 'other'>, string>> = {
  nat: 'nat',
  none: 'null',
  natNetwork: 'natnetwork',
  internal: 'intnet',
  hostOnly: 'hostonly',
  bridged: 'bridged',
};

export const bootWords: Readonly<Record<BootDevice, string>> = {
  disk: 'disk',
  cd: 'dvd',
  floppy: 'floppy',
  network: 'net',
};

export const chipsetWords: Readonly<Record<VmConfig['chipset'], string>> = {
  q35: 'ich9',
  pc: 'piix3',
};

/** 12 hexadecimal digits without colons, as VBoxManage takes them. */
export const macWord = (mac: string): string => mac.replaceAll(':', '').toUpperCase();
