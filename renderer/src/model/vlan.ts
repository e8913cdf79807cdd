// VLAN tags as people write and see them: "10-20, 30", a colour and a pattern of line per tag. Pure.
import type { Nic, Vlan } from '../../../shared/model/network.ts';
import type { Network } from '../../../shared/model/networks.ts';

export const lowestTag = 1;
export const highestTag = 4094;

export type TagsRead =
  | { readonly kind: 'tags'; readonly tags: readonly number[] }
  /** `part`: the piece that is no tag and no range. */
  | { readonly kind: 'bad'; readonly part: string }
  | { readonly kind: 'empty' };

const isTag = (tag: number): boolean => tag >= lowestTag && tag <= highestTag;

/** Reads "10-20, 30"; each tag once, in order. */
export const readTags = (written: string): TagsRead => {
  const parts = written.split(/[\s,;]+/).filter((part) => part !== '');
  if (parts.length === 0) return { kind: 'empty' };
  const tags = new Set<number>();
  for (const part of parts) {
    const found = /^(\d{1,5})(?:[-–](\d{1,5}))?$/.exec(part);
    const first = Number(found?.[1]);
    const last = Number(found?.[2] ?? found?.[1]);
    if (!found || !isTag(first) || !isTag(last) || last < first) return { kind: 'bad', part };
    for (let tag = first; tag <= last; tag += 1) tags.add(tag);
  }
  return { kind: 'tags', tags: [...tags].sort((a, b) => a - b) };
};

/** The shortest way to write them: ranges from three tags on. */
export const showTags = (tags: readonly number[]): string => {
  const sorted = [...new Set(tags)].sort((a, b) => a - b);
  const runs: number[][] = [];
  for (const tag of sorted) {
    const run = runs.at(-1);
    if (run && run.at(-1) === tag - 1) run.push(tag);
    else runs.push([tag]);
  }
  return runs
    .flatMap((run) => (run.length > 2 ? [`${run[0]}-${run.at(-1)}`] : run.map(String)))
    .join(', ');
};

/** Every tag of a NIC: one of an access port, all of a trunk. */
export const tagsOf = (vlan: Vlan | undefined): readonly number[] =>
  vlan === undefined ? [] : vlan.mode === 'access' ? [vlan.tag] : vlan.tags;

export const vlanOf = (nic: Nic): Vlan | undefined => {
  const { attachment } = nic;
  switch (attachment.kind) {
    case 'natNetwork':
    case 'internal':
    case 'hostOnly':
    case 'bridged':
      return attachment.vlan;
    case 'nat':
    case 'none':
    case 'other':
      return undefined;
  }
};

/** Lines there are: colour `--vlan-<n>`, and a pattern of its own for each. */
export const lookCount = 6;
const dashes: readonly string[] = ['', '9 5', '2 5', '12 4 2 4', '16 4', '6 3 2 3 2 3'];

export interface VlanLook {
  readonly colour: string;
  /** For stroke-dasharray; empty: solid. */
  readonly dash: string;
}
export const untaggedLook: VlanLook = { colour: 'var(--vlan-none)', dash: '' };

export const vlanLook = (index: number): VlanLook => {
  const at = ((index % lookCount) + lookCount) % lookCount;
  return { colour: `var(--vlan-${at + 1})`, dash: dashes[at] ?? '' };
};

/** A tag looks the same wherever it is drawn: its place among all tags that are named or used. */
export const looksOf = (
  networks: readonly Network[],
  nics: readonly Nic[],
): ReadonlyMap<number, VlanLook> => {
  const all = new Set([
    ...networks.flatMap(({ vlans }) => vlans.map(({ tag }) => tag)),
    // A trunk for everything must not use the looks up.
    ...nics.flatMap((nic) => tagsOf(vlanOf(nic)).slice(0, 32)),
  ]);
  // A tag that is being typed may be none yet.
  all.delete(NaN);
  return new Map([...all].sort((a, b) => a - b).map((tag, index) => [tag, vlanLook(index)]));
};

export const vlanName = (network: Network | undefined, tag: number): string | undefined =>
  network?.vlans.find((row) => row.tag === tag)?.name || undefined;
