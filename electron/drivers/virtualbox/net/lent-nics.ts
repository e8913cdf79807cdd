// NICs that are plugged into a network of ours for one run: VirtualBox then attaches them to its generic driver
// "HostInterface", which reads and writes frames at a descriptor its program was started with. What its owner had chosen
// is written down before, is what everybody is shown meanwhile, and is put back when the run has ended.
import { z } from 'zod';
import { isFailure } from '../../../../shared/contract/errors.ts';
import {
  isOnSwitch,
  attachmentSchema,
  type Nic,
  type NicAttachment,
} from '../../../../shared/model/network.ts';
import { nicByModel } from '../device-names.ts';
import { slotOf } from '../edit/places.ts';
import { attachWords } from '../edit/words.ts';
import type { MachineFacts, NicFacts } from '../definition.ts';
import { readMachine } from '../read-machine.ts';
import { valueOf } from '../parse-vminfo.ts';
import { createRunRecords } from '../run-records.ts';
import { refusalCode, type VBoxManage } from '../vboxmanage.ts';

/** VirtualBox's driver that takes a descriptor; the rest of its kin would open something themselves. */
const driver = 'HostInterface';

const lentSchema = z.object({
  slot: z.number().int().min(0).max(7),
  attachment: attachmentSchema,
  /** Where VirtualBox is told the descriptor. */
  key: z.string(),
  /** Of a generic driver of its owner's, that is not in use now. */
  generic: z.object({ driver: z.string(), properties: z.record(z.string(), z.string()) }),
});
type Lent = z.infer<typeof lentSchema>;

/** What a NIC's generic driver is, whether in use or not; VBoxManage does not print the properties. */
export type ReadGeneric = (machine: string, slot: number) => Promise<Lent['generic']>;

export interface LentNics {
  /** Before the first machine is read: what earlier runs left. */
  load(): Promise<void>;
  /**
   * Plugs NICs of a machine that is about to start into descriptors; `fd`: the number in the machine's program.
   * Nothing stays changed when it rejects.
   */
  lend(machine: string, nics: readonly { readonly nic: Nic; readonly fd: number }[]): Promise<void>;
  /** Of a machine that does not run. Rejects when it could not be put back; it is tried at the next start then. */
  putBack(machine: string): Promise<void>;
  /** Of these NICs of a running machine, those whose port at our switch is moved, and nothing of VirtualBox's. */
  movable(machine: string, wanted: readonly Nic[]): readonly Nic[];
  /** Where they were moved to is what is shown, and put back in the end. */
  move(machine: string, moved: readonly Nic[]): Promise<void>;
  /** Machines with something to put back. */
  machines(): readonly string[];
  /** What is read of a machine, as its owner wrote it. */
  asWritten(facts: MachineFacts): MachineFacts;
}

const descriptorKey = (nic: Nic, slot: number): string => {
  const device = nicByModel(nic.model)?.device ?? 'e1000';
  return `VBoxInternal/Devices/${device}/${slot}/LUN#0/Config/FileHandle`;
};

const propertyWords = (
  number: number,
  properties: Readonly<Record<string, string>>,
  isKept: boolean,
): readonly string[] =>
  Object.entries(properties).flatMap(([key, value]) => [
    `--nic-property${number}`,
    `${key}=${isKept ? value : ''}`,
  ]);

const lendWords = ({ slot, generic }: Lent): readonly string[] => [
  ...[`--nic${slot + 1}`, 'generic', `--nic-generic-drv${slot + 1}`, driver],
  // What was meant for another driver makes this one fail.
  ...propertyWords(slot + 1, generic.properties, false),
];
const backWords = ({ slot, generic, attachment }: Lent): readonly string[] => [
  ...[`--nic-generic-drv${slot + 1}`, generic.driver],
  ...propertyWords(slot + 1, generic.properties, true),
  ...attachWords(slot, { attachment }),
];

const factsOf = (attachment: NicAttachment): Pick<NicFacts, 'mode' | 'network'> | undefined => {
  switch (attachment.kind) {
    case 'natNetwork':
    case 'internal':
    case 'hostOnly':
      return { mode: attachment.kind, network: attachment.network };
    case 'bridged':
      return { mode: 'bridged', network: attachment.uplink };
    default:
      return undefined;
  }
};

export const createLentNics = (
  manage: VBoxManage,
  folder: string,
  readGeneric: ReadGeneric,
): LentNics => {
  const records = createRunRecords(folder, { nics: z.array(lentSchema) });
  const lent = new Map<string, readonly Lent[]>();

  /** Those that nobody else changed meanwhile. */
  const stillLent = async (machine: string, nics: readonly Lent[]): Promise<readonly Lent[]> => {
    const { pairs } = await readMachine(manage, machine);
    return nics.filter(
      ({ slot }) =>
        /^generic$/i.test(valueOf(pairs, `nic${slot + 1}`) ?? '') &&
        valueOf(pairs, `generic${slot + 1}`) === driver,
    );
  };

  const restore = async (machine: string, nics: readonly Lent[]): Promise<void> => {
    try {
      const words = (await stillLent(machine, nics)).flatMap(backWords);
      if (words.length > 0) await manage.change(['modifyvm', machine, ...words]);
      for (const { key } of nics) await manage.change(['setextradata', machine, key]);
    } catch (error) {
      // The machine is gone, and its settings with it.
      const isGone =
        isFailure(error, 'vm/not-found') || refusalCode(error) === 'VBOX_E_OBJECT_NOT_FOUND';
      if (!isGone) throw error;
    }
    await records.remove(machine);
    lent.delete(machine);
  };

  const putBack = async (machine: string): Promise<void> => {
    const nics = lent.get(machine);
    if (nics) await restore(machine, nics);
  };

  return {
    load: async () => {
      for (const machine of await records.list()) {
        const record = await records.read(machine);
        if (record) lent.set(machine, record.nics);
      }
    },
    lend: async (machine, wanted) => {
      await putBack(machine);
      if (wanted.length === 0) return;
      const nics: (Lent & { readonly fd: number })[] = [];
      for (const { nic, fd } of wanted) {
        const slot = slotOf(nic.id) ?? 0;
        const generic = await readGeneric(machine, slot);
        const { attachment } = nic;
        nics.push({ slot, attachment, key: descriptorKey(nic, slot), generic, fd });
      }
      await records.write(machine, { nics });
      lent.set(machine, nics);
      try {
        await manage.change(['modifyvm', machine, ...nics.flatMap(lendWords)]);
        for (const { key, fd } of nics) {
          await manage.change(['setextradata', machine, key, String(fd)]);
        }
      } catch (error) {
        await putBack(machine);
        throw error;
      }
    },
    putBack,
    movable: (machine, wanted) =>
      wanted.filter(({ id, attachment }) => {
        const former = lent.get(machine)?.find(({ slot }) => slot === slotOf(id))?.attachment;
        return (
          former !== undefined &&
          JSON.stringify(former) !== JSON.stringify(attachment) &&
          isOnSwitch(former) &&
          isOnSwitch(attachment)
        );
      }),
    move: async (machine, moved) => {
      const nics = (lent.get(machine) ?? []).map((row) => {
        const nic = moved.find(({ id }) => slotOf(id) === row.slot);
        return nic ? { ...row, attachment: nic.attachment } : row;
      });
      await records.write(machine, { nics });
      lent.set(machine, nics);
    },
    machines: () => [...lent.keys()],
    asWritten: (facts) => {
      const nics = lent.get(facts.id.toLowerCase());
      if (!nics) return facts;
      return {
        ...facts,
        nics: facts.nics.map((row) => {
          const former = nics.find(({ slot }) => slot === row.slot);
          const isOurs = row.mode === 'generic' && row.network === driver;
          return former && isOurs ? { ...row, ...factsOf(former.attachment) } : row;
        }),
      };
    },
  };
};
