// A machine's settings as words of `modifyvm`, and what differs between two definitions in those words. Pure. All words
// of one edit go in one call, since VirtualBox then takes all of them or none.
import type { Nic, NicAttachment, PortForward } from '../../../../shared/model/network.ts';
import type { VmConfig } from '../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import { displayByAdapter, nicByModel } from '../device-names.ts';
import { osTypeOf } from './os-types.ts';
import { attachmentWords, bootWords, chipsetWords, macWord, nicSlots, slotOf } from './places.ts';

export interface Change {
  /** What it is called in an error. */
  readonly setting: string;
  /** Words of `modifyvm`. */
  readonly words: readonly string[];
  /** What brings the former value back; absent: there is none. */
  readonly back?: readonly string[];
  /** Words of `controlvm` and their way back, where the change is possible while the machine runs. */
  readonly live?: { readonly words: readonly string[]; readonly back: readonly string[] };
}

/** The name VirtualBox has for a rule; ours may be shortened. VBoxManage cuts rules at commas. */
export const ruleName = (forward: PortForward): string => {
  const whole: unknown = forward['rule'];
  return (typeof whole === 'string' ? whole : forward.id).replaceAll(',', '_');
};

export const ruleWord = (forward: PortForward): string => {
  const address: unknown = forward['guestAddress'];
  const guest = typeof address === 'string' ? address : '';
  const { protocol, hostAddress, hostPort, guestPort } = forward;
  return [ruleName(forward), protocol, hostAddress, hostPort, guest, guestPort].join(',');
};

const forwardsOf = (attachment: NicAttachment | undefined): readonly PortForward[] =>
  attachment?.kind === 'nat' ? attachment.forwards : [];

const addWords = (slot: number, forward: PortForward): readonly string[] => [
  `--nat-pf${slot + 1}`,
  ruleWord(forward),
];
const deleteWords = (slot: number, forward: PortForward): readonly string[] => [
  `--nat-pf${slot + 1}`,
  'delete',
  ruleName(forward),
];

/** Deletions come first: a new rule may take the name or the port of an old one. */
const forwardChanges = (
  slot: number,
  before: readonly PortForward[],
  after: readonly PortForward[],
): { readonly gone: readonly Change[]; readonly added: readonly Change[] } => {
  const isIn = (rows: readonly PortForward[], forward: PortForward): boolean =>
    rows.some((row) => ruleWord(row) === ruleWord(forward));
  const setting = 'A port forward';
  const liveAdd = (forward: PortForward): readonly string[] => [
    `natpf${slot + 1}`,
    ruleWord(forward),
  ];
  const liveDelete = (forward: PortForward): readonly string[] => [
    `natpf${slot + 1}`,
    'delete',
    ruleName(forward),
  ];
  return {
    gone: before
      .filter((forward) => !isIn(after, forward))
      .map((forward) => ({
        setting,
        words: deleteWords(slot, forward),
        back: addWords(slot, forward),
        live: { words: liveDelete(forward), back: liveAdd(forward) },
      })),
    added: after
      .filter((forward) => !isIn(before, forward))
      .map((forward) => ({
        setting,
        words: addWords(slot, forward),
        back: deleteWords(slot, forward),
        live: { words: liveAdd(forward), back: liveDelete(forward) },
      })),
  };
};

const networkWords = (number: number, attachment: NicAttachment): readonly string[] => {
  switch (attachment.kind) {
    case 'natNetwork':
      return [`--nat-network${number}`, attachment.network];
    case 'internal':
      return [`--intnet${number}`, attachment.network];
    case 'hostOnly':
      return [`--host-only-adapter${number}`, attachment.network];
    case 'bridged':
      return [`--bridge-adapter${number}`, attachment.uplink];
    case 'nat':
      return [`--nat-localhostreachable${number}`, attachment.mayReachHost === true ? 'on' : 'off'];
    case 'none':
    case 'other':
      return [];
  }
};

/** `undefined`: there is no card in this slot. */
export const attachWords = (
  slot: number,
  nic: Pick<Nic, 'attachment'> | undefined,
): readonly string[] => {
  const number = slot + 1;
  if (!nic) return [`--nic${number}`, 'none'];
  // Generic drivers and the like: never written, so never changed.
  if (nic.attachment.kind === 'other') return [];
  return [
    `--nic${number}`,
    attachmentWords[nic.attachment.kind],
    ...networkWords(number, nic.attachment),
  ];
};

const modelWords = (slot: number, nic: Nic): readonly string[] => {
  const name = nicByModel(nic.model);
  return name ? [`--nic-type${slot + 1}`, name.nicType] : [];
};
const macWords = (slot: number, nic: Nic): readonly string[] => [
  `--mac-address${slot + 1}`,
  macWord(nic.mac),
];
const cableWords = (slot: number, nic: Nic): readonly string[] => [
  `--cable-connected${slot + 1}`,
  nic.isCableConnected ? 'on' : 'off',
];

const cardChanges = (slot: number, before: Nic, after: Nic): readonly Change[] => {
  const row = (
    setting: string,
    words: (nic: Nic) => readonly string[],
    live?: (nic: Nic) => readonly string[],
  ): readonly Change[] =>
    words(before).join('\0') === words(after).join('\0')
      ? []
      : [
          {
            setting,
            words: words(after),
            back: words(before),
            ...(live ? { live: { words: live(after), back: live(before) } } : {}),
          },
        ];
  return [
    ...row('A network card', (nic) => modelWords(slot, nic)),
    ...row('The address of a network card', (nic) => macWords(slot, nic)),
    ...row(
      'A network cable',
      (nic) => cableWords(slot, nic),
      (nic) => [`setlinkstate${slot + 1}`, nic.isCableConnected ? 'on' : 'off'],
    ),
    ...row('The network of a card', (nic) => attachWords(slot, nic)),
  ];
};

const slotChanges = (slot: number, before?: Nic, after?: Nic): readonly Change[] => {
  if (!before && !after) return [];
  const { gone, added } = forwardChanges(
    slot,
    forwardsOf(before?.attachment),
    forwardsOf(after?.attachment),
  );
  const setting = 'A network card';
  if (before && after) return [...gone, ...cardChanges(slot, before, after), ...added];
  const absent = attachWords(slot, undefined);
  if (before) {
    return [...gone, { setting, words: absent, back: attachWords(slot, before) }];
  }
  if (!after) return [];
  const words = [
    ...attachWords(slot, after),
    ...modelWords(slot, after),
    ...macWords(slot, after),
    ...cableWords(slot, after),
  ];
  return [{ setting, words, back: absent }, ...added];
};

/** Cards by slot: a card keeps its slot, a new one takes the one of its id if that is free, else the first free. */
export const bySlot = (
  before: readonly Nic[],
  after: readonly Nic[],
): readonly (Nic | undefined)[] => {
  const slots: (Nic | undefined)[] = Array.from({ length: nicSlots }, () => undefined);
  const isOld = (nic: Nic): boolean => before.some((row) => row.id === nic.id);
  const late: Nic[] = [];
  for (const nic of [...after.filter(isOld), ...after.filter((row) => !isOld(row))]) {
    const slot = slotOf(nic.id);
    if (slot !== undefined && slots[slot] === undefined) slots[slot] = nic;
    else late.push(nic);
  }
  for (const nic of late) {
    const free = slots.indexOf(undefined);
    if (free >= 0) slots[free] = nic;
  }
  return slots;
};

const nicChanges = (before: readonly Nic[], after: readonly Nic[]): readonly Change[] => {
  const old = bySlot(before, before);
  const wanted = bySlot(before, after);
  return old.flatMap((nic, slot) => slotChanges(slot, nic, wanted[slot]));
};

/** One setting of the whole machine: what it is called and its words for a definition. Add a row for a setting. */
const settings: readonly (readonly [string, (definition: VmDefinition) => readonly string[]])[] = [
  ['The name', ({ name }) => ['--name', name]],
  ['The notes', ({ notes }) => ['--description', notes ?? '']],
  ['The guest system', ({ family }) => ['--os-type', osTypeOf(family)]],
  ['Memory', ({ config }) => ['--memory', String(config.memory)]],
  ['The chipset', ({ config }) => ['--chipset', chipsetWords[config.chipset]]],
  [
    'The firmware',
    ({ config }) => ['--firmware', config.firmware.kind === 'uefi' ? 'efi' : 'bios'],
  ],
  ['Processors', ({ config }) => ['--cpus', String(config.vcpus)]],
  ['The display', ({ config }) => displayWords(config)],
  ['The boot order', ({ config }) => bootOrderWords(config)],
  ['The clock', ({ config }) => ['--rtc-use-utc', config.rtcBase === 'utc' ? 'on' : 'off']],
  ['The pointing device', ({ config }) => pointingWords(config)],
  ['The serial port', ({ config }) => serialWords(config)],
];

/** Video memory for a screen of today; the old adapter has no use for more than 16 MiB. */
const videoMiB = { vboxvga: '16', vmsvga: '128', vboxsvga: '128' } as const;

const displayWords = ({ display }: VmConfig): readonly string[] => {
  const word = displayByAdapter(display)?.graphicsController;
  if (word === undefined) return [];
  const video = Object.entries(videoMiB).find(([name]) => name === word)?.[1];
  return ['--graphicscontroller', word, ...(video === undefined ? [] : ['--vram', video])];
};

const bootOrderWords = ({ bootOrder }: VmConfig): readonly string[] =>
  [0, 1, 2, 3].flatMap((index) => {
    const device = bootOrder[index];
    return [`--boot${index + 1}`, device === undefined ? 'none' : bootWords[device]];
  });

/** A tablet is a USB device; the controller stays when it goes, something else may hang there. */
const pointingWords = ({ hasUsbTablet }: VmConfig): readonly string[] =>
  hasUsbTablet ? ['--usb-ohci', 'on', '--mouse', 'usbtablet'] : ['--mouse', 'ps2'];

/** Connected only while we run the machine: VirtualBox refuses to start it where the socket's folder is gone. */
const serialWords = ({ hasSerialPort }: VmConfig): readonly string[] =>
  hasSerialPort ? ['--uart1', '0x3F8', '4', '--uart-mode1', 'disconnected'] : ['--uart1', 'off'];

/** Several processors, ICH9 and UEFI all need an I/O APIC; VirtualBox leaves it off for old systems. */
const apicWords = ({ vcpus, chipset, firmware }: VmConfig): readonly string[] =>
  vcpus > 1 || chipset === 'q35' || firmware.kind === 'uefi' ? ['--ioapic', 'on'] : [];

/** What differs, and nothing else. */
export const changesBetween = (before: VmDefinition, after: VmDefinition): readonly Change[] => {
  const rows = settings.flatMap(([setting, wordsOf]): readonly Change[] => {
    const back = wordsOf(before);
    const words = wordsOf(after);
    return back.join('\0') === words.join('\0') || words.length === 0
      ? []
      : [{ setting, words, ...(back.length === 0 ? {} : { back }) }];
  });
  const apic = apicWords(after.config);
  const needsApic = apic.length > 0 && apicWords(before.config).length === 0;
  const apicChange: Change = { setting: 'Processors', words: apic, back: [] };
  return [
    ...(needsApic ? [apicChange] : []),
    ...rows,
    ...nicChanges(before.config.nics, after.config.nics),
  ];
};

/** Everything a new machine is told, whatever VirtualBox gives one by itself. */
export const wordsOfNew = (definition: VmDefinition): readonly string[] => [
  ...apicWords(definition.config),
  ...settings
    .filter(([setting]) => !['The name', 'The guest system'].includes(setting))
    .flatMap(([, wordsOf]) => wordsOf(definition)),
  ...bySlot([], definition.config.nics).flatMap((nic, slot) =>
    nic
      ? slotChanges(slot, undefined, nic).flatMap((row) => row.words)
      : [`--nic${slot + 1}`, 'none'],
  ),
  // The logo would keep every start waiting for seconds.
  ...['--bios-logo-fade-in', 'off', '--bios-logo-fade-out', 'off', '--bios-logo-display-time', '0'],
];
