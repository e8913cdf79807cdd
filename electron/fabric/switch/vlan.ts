// Which VLAN a frame belongs to when it enters at a port, and how it leaves at another. 0 is the domain of ports
// without VLAN; it shares nothing with any tag.
import type { Vlan } from '../../../shared/model/network.ts';

export const noVlan = 0;

/** What a port accepts and gives out; made once per setting. */
export interface VlanRule {
  /** Domain of frames that come without tag (or with VLAN 0, priority only); undefined: dropped. */
  readonly untagged: number | undefined;
  /** Tags that the port carries. */
  readonly tagged: ReadonlySet<number>;
}

const none: ReadonlySet<number> = new Set();

export const vlanRule = (vlan: Vlan | undefined): VlanRule => {
  if (vlan === undefined) return { untagged: noVlan, tagged: none };
  switch (vlan.mode) {
    case 'access':
      return { untagged: vlan.tag, tagged: none };
    case 'trunk':
      return { untagged: vlan.native, tagged: new Set(vlan.tags) };
  }
};

/** Domain of a frame with this tag (0: priority only); undefined: the port does not take it. */
export const domainOfTag = (rule: VlanRule, tag: number): number | undefined => {
  if (tag === 0) return rule.untagged;
  return rule.tagged.has(tag) ? tag : undefined;
};

export const leaves = (rule: VlanRule, domain: number): 'untagged' | 'tagged' | undefined => {
  if (rule.untagged === domain) return 'untagged';
  return rule.tagged.has(domain) ? 'tagged' : undefined;
};
