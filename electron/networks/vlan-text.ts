// VLANs in words: `10, 20-24`.
import { format } from '../../shared/i18n/format.ts';
import type { Vlan } from '../../shared/model/network.ts';

export const isVlanTag = (tag: number): boolean => Number.isInteger(tag) && tag >= 1 && tag <= 4094;

/** Sorted, runs joined: `10, 20-24`. */
export const tagRanges = (tags: readonly number[]): string => {
  const sorted = [...new Set(tags)].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const tag of sorted) {
    const run = runs.at(-1);
    if (run && tag === run[1] + 1) run[1] = tag;
    else runs.push([tag, tag]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
};

export const vlanText = (vlan: Vlan): string => {
  if (vlan.mode === 'access') return format('network.vlan.access', { tag: `${vlan.tag}` });
  const tags = tagRanges(vlan.tags);
  return vlan.native === undefined
    ? format('network.vlan.trunk', { tags })
    : format('network.vlan.trunkNative', { tags, native: `${vlan.native}` });
};
