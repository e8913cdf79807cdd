// VirtualBox's list of hard disks with who uses them, `list hdds --long`: blocks of "Key:  value" lines. Values may go
// on over several lines, and names of machines hold anything, so only single keys and ids in brackets are believed.
import type { VmId } from '../../../../shared/model/brand.ts';
import type { VBoxManage } from '../vboxmanage.ts';

export interface ListedDisk {
  readonly id: string;
  readonly path: string;
  /** Absent: it is built on no other. */
  readonly parent?: string;
  /** Machines that use it now or in a snapshot. */
  readonly users: readonly string[];
  /** VirtualBox's name for its password; absent: it is not encrypted. */
  readonly passwordId?: string;
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const before = (text: string, key: string): string => text.split(`\n${key}:`)[0] ?? text;
const field = (block: string, key: string): string | undefined =>
  new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(block)?.[1];

/** Behind the name of a machine; the ids of its snapshots stand in square brackets behind that. */
const usersIn = (block: string): readonly string[] => {
  const start = block.indexOf('\nIn use by VMs:');
  if (start < 0) return [];
  const rows = before(block.slice(start + 1), 'Child UUIDs').split('\n');
  return rows.flatMap((row) => new RegExp(`\\(UUID: (${uuid})\\)`).exec(row)?.[1] ?? []);
};

export const parseDiskList = (text: string): readonly ListedDisk[] =>
  text.split(/\n(?=UUID: )/).flatMap((block) => {
    const id = field(block, 'UUID');
    const path = field(block, 'Location');
    if (id === undefined || path === undefined) return [];
    const parent = field(block, 'Parent UUID');
    const passwordId = field(block, 'Password ID');
    return [
      {
        id,
        path,
        ...(parent === undefined || parent === 'base' ? {} : { parent }),
        users: usersIn(block),
        ...(passwordId === undefined ? {} : { passwordId }),
      },
    ];
  });

export const listDisks = async (manage: VBoxManage): Promise<readonly ListedDisk[]> =>
  parseDiskList(await manage.read(['list', 'hdds', '--long']));

/** What a machine uses now or in a snapshot, and all that is built on. */
export const disksOf = (vm: VmId, all: readonly ListedDisk[]): readonly ListedDisk[] => {
  const wanted = new Set<string>();
  const add = (disk: ListedDisk): void => {
    if (wanted.has(disk.id)) return;
    wanted.add(disk.id);
    const parent = all.find((row) => row.id === disk.parent);
    if (parent) add(parent);
  };
  all.filter((disk) => disk.users.includes(vm)).forEach(add);
  return all.filter((disk) => wanted.has(disk.id));
};
