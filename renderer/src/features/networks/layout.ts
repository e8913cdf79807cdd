// Where everything of the picture lies: ways out on the left, switches in the middle, machines on the right. Pure.
// Machines are in the order of their first switch, and switches stand beside the middle of their machines, so that
// lines cross little; a machine's private NAT is a short stub at its box and never a line across the picture.
import type { Network, NetworkKind } from '../../../../shared/model/networks.ts';
import type { PowerState } from '../../../../shared/model/power.ts';
import type { AppState } from '../../../../shared/state/app-state.ts';
import { networkOf, sortedNetworks, sortedVms } from '../../model/network-members.ts';
import { tagsOf, vlanOf } from '../../model/vlan.ts';

export const sizes = {
  margin: 16,
  left: 144,
  middle: 148,
  right: 176,
  machine: 46,
  gap: 12,
  /** A machine's row in a picture of many, its name alone. */
  slim: 30,
  slimGap: 6,
  head: 50,
  lane: 30,
  /** The one lane of a network without VLANs has no words above it. */
  plainLane: 12,
  foot: 10,
  leastWidth: 620,
} as const;
/** More machines than this are slim, and switches stand beside the first of theirs: the picture scrolls. */
export const mostTall = 12;
/** A trunk of more tags than this is one line. */
export const mostLines = 4;
/** Label of the line, or of the first line, of a trunk. */
export const trunkLabel = 'trunk';

export type NodeKind = 'out' | 'switch' | 'machine';
export interface PictureNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface OutNode extends PictureNode {
  readonly kind: 'out';
  readonly way: 'internet' | 'computer' | 'uplink';
  /** The network card, for an uplink. */
  readonly name: string;
}
export interface Lane {
  /** `undefined`: untagged. */
  readonly tag: number | undefined;
  readonly y: number;
}
export interface SwitchNode extends PictureNode {
  readonly kind: 'switch';
  readonly network: Network;
  readonly lanes: readonly Lane[];
}
export interface MachineNode extends PictureNode {
  readonly kind: 'machine';
  readonly vm: string;
  readonly name: string;
  readonly power: PowerState;
  /** It has an adapter with a private NAT. */
  readonly hasNat: boolean;
  /** Every connection in words: network, VLAN. */
  readonly links: readonly { readonly network: string; readonly tags: readonly number[] }[];
}
export interface Line {
  readonly key: string;
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly tag: number | undefined;
  /** Written on the line, near the machine. */
  readonly label: string | undefined;
  /** Drawn faint: the cable is out, the machine is off, or the network is not set up yet. */
  readonly isQuiet: boolean;
  readonly isPlanned: boolean;
}
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly outs: readonly OutNode[];
  readonly switches: readonly SwitchNode[];
  readonly machines: readonly MachineNode[];
  readonly isSlim: boolean;
  readonly lines: readonly Line[];
}

const outOf = (network: Network): Pick<OutNode, 'id' | 'way' | 'name'> | undefined => {
  const byKind: Readonly<Record<NetworkKind, Pick<OutNode, 'id' | 'way' | 'name'> | undefined>> = {
    natNetwork: { id: 'out:internet', way: 'internet', name: '' },
    hostOnly: { id: 'out:computer', way: 'computer', name: '' },
    bridged: { id: `out:${network.uplink ?? ''}`, way: 'uplink', name: network.uplink ?? '' },
    internal: undefined,
  };
  return byKind[network.kind];
};

/** Untagged frames alone: nothing to tell apart. */
export const isPlain = (lanes: readonly (number | undefined)[]): boolean =>
  lanes.length === 1 && lanes[0] === undefined;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Places boxes as near to where they want their middle as the ones above let them; those without a wish come last. */
const stack = <T extends { readonly height: number; readonly wanted: number | undefined }>(
  boxes: readonly T[],
  gap: number,
): readonly (T & { readonly y: number })[] => {
  let next: number = sizes.margin;
  return [...boxes]
    .sort((a, b) => (a.wanted ?? Infinity) - (b.wanted ?? Infinity) || 0)
    .map((box) => {
      const y = box.wanted === undefined ? next : Math.max(next, box.wanted - box.height / 2);
      next = y + box.height + gap;
      return { ...box, y };
    });
};

/** `width`: the room there is, in pixels. */
export const drawPicture = (
  vms: AppState['vms'],
  networks: AppState['networks'],
  width: number,
): Picture => {
  const wide = Math.max(sizes.leastWidth, width);
  const all = sortedNetworks(networks);
  const order = new Map(all.map((network, index) => [network.id, index]));

  const joined = sortedVms(vms)
    .map((vm) => {
      const { nics } = vm.definition.config;
      const plugs = nics.flatMap((nic) => {
        const network = networkOf(nic, all);
        return network ? [{ nic, network }] : [];
      });
      const hasNat = nics.some(({ attachment }) => attachment.kind === 'nat');
      const first = Math.min(...plugs.map(({ network }) => order.get(network.id) ?? 0));
      return { vm, plugs, hasNat, first };
    })
    .filter(({ plugs, hasNat }) => plugs.length > 0 || hasNat)
    .sort((a, b) => a.first - b.first);

  const isSlim = joined.length > mostTall;
  const [rowHeight, rowGap] = isSlim ? [sizes.slim, sizes.slimGap] : [sizes.machine, sizes.gap];
  const machineX = wide - sizes.margin - sizes.right;
  const machines = joined.map(({ vm, plugs, hasNat }, index): MachineNode => ({
    id: `vm:${vm.definition.id}`,
    kind: 'machine',
    x: machineX,
    y: sizes.margin + index * (rowHeight + rowGap),
    width: sizes.right,
    height: rowHeight,
    vm: vm.definition.id,
    name: vm.definition.name,
    power: vm.power,
    hasNat,
    links: plugs.map(({ nic, network }) => ({ network: network.name, tags: tagsOf(vlanOf(nic)) })),
  }));

  const switchX = sizes.margin + sizes.left + (machineX - sizes.margin - sizes.left) * 0.3 - 20;
  const switches = stack(
    all.map((network) => {
      const mine = joined.flatMap(({ plugs }, at) =>
        plugs.filter((plug) => plug.network === network).map(({ nic }) => ({ nic, at })),
      );
      const tags = new Set([
        ...network.vlans.map(({ tag }) => tag),
        ...mine.flatMap(({ nic }) => tagsOf(vlanOf(nic)).slice(0, mostLines)),
      ]);
      const hasUntagged = tags.size === 0 || mine.some(({ nic }) => vlanOf(nic) === undefined);
      const lanes = [
        ...(hasUntagged ? [undefined] : []),
        ...[...tags].sort((a, b) => a - b),
      ] as const;
      const laneHeight = isPlain(lanes) ? sizes.plainLane : sizes.lane;
      const height = sizes.head + lanes.length * laneHeight + sizes.foot;
      const middles = mine.map(({ at }) => (machines[at]?.y ?? 0) + rowHeight / 2);
      return {
        network,
        lanes,
        height,
        wanted:
          middles.length === 0
            ? undefined
            : isSlim
              ? Math.min(...middles) + height / 2 - rowHeight / 2
              : mean(middles),
      };
    }),
    sizes.gap * 1.5,
  ).map(({ network, lanes, height, y }): SwitchNode => ({
    id: `net:${network.id}`,
    kind: 'switch',
    x: switchX,
    y,
    width: sizes.middle,
    height,
    network,
    lanes: lanes.map((tag, lane) => ({
      tag,
      y: y + sizes.head + (isPlain(lanes) ? sizes.plainLane / 2 : (lane + 0.6) * sizes.lane),
    })),
  }));

  const wantedOuts = new Map<string, Pick<OutNode, 'id' | 'way' | 'name'>>();
  for (const { network } of switches) {
    const out = outOf(network);
    if (out) wantedOuts.set(out.id, out);
  }
  const outs = stack(
    [...wantedOuts.values()].map((out) => ({
      ...out,
      height: sizes.machine,
      wanted: mean(
        switches
          .filter(({ network }) => outOf(network)?.id === out.id)
          .map(({ y, height }) => y + height / 2),
      ),
    })),
    sizes.gap,
  ).map(({ id, way, name, y }): OutNode => ({
    id,
    kind: 'out',
    way,
    name,
    x: sizes.margin,
    y,
    width: sizes.left,
    height: sizes.machine,
  }));

  const uplinks = switches.flatMap((node): readonly Line[] => {
    const out = outs.find(({ id }) => id === outOf(node.network)?.id);
    if (!out) return [];
    const isPlanned = networks[node.network.id]?.status.state === 'needsSetUp';
    return [
      {
        key: `up:${node.id}`,
        fromX: out.x + out.width,
        fromY: out.y + out.height / 2,
        toX: node.x,
        toY: node.y + node.height / 2,
        tag: undefined,
        label: undefined,
        isQuiet: isPlanned || !node.network.isEnabled,
        isPlanned,
      },
    ];
  });
  const lines = joined.flatMap(({ vm, plugs }, at): readonly Line[] => {
    const machine = machines[at];
    if (!machine) return [];
    const ends = plugs.flatMap(({ nic, network }) => {
      const tags = tagsOf(vlanOf(nic));
      const drawn =
        tags.length === 0 ? [undefined] : tags.slice(0, tags.length > mostLines ? 1 : tags.length);
      const isTrunk = vlanOf(nic)?.mode === 'trunk';
      return drawn.map((tag, index) => ({ nic, network, tag, isTrunk, index }));
    });
    return ends.map(({ nic, network, tag, isTrunk, index }, end): Line => {
      const node = switches.find((row) => row.network === network);
      const lane = node?.lanes.find((row) => row.tag === tag);
      return {
        key: `${machine.id}/${nic.id}/${tag ?? ''}`,
        fromX: (node?.x ?? 0) + sizes.middle,
        fromY: lane?.y ?? (node ? node.y + node.height / 2 : 0),
        toX: machine.x,
        toY: machine.y + ((end + 0.5) * rowHeight) / ends.length,
        tag,
        label:
          tag === undefined
            ? undefined
            : isTrunk
              ? index === 0
                ? trunkLabel
                : undefined
              : String(tag),
        isQuiet:
          !nic.isCableConnected ||
          vm.power === 'off' ||
          vm.power === 'saved' ||
          networks[network.id]?.status.state === 'needsSetUp',
        isPlanned: false,
      };
    });
  });
  const bottoms = [...machines, ...switches, ...outs].map(({ y, height }) => y + height);
  return {
    width: wide,
    height: Math.max(0, ...bottoms) + sizes.margin,
    outs,
    switches,
    machines,
    isSlim,
    lines: [...uplinks, ...lines],
  };
};

/** The node an arrow leads to: up and down in a column, left and right to the nearest of the next column. */
export const nodeAfter = (picture: Picture, from: string, key: string): string | undefined => {
  const columns: readonly (readonly PictureNode[])[] = [
    picture.outs,
    picture.switches,
    picture.machines,
  ].filter((column) => column.length > 0);
  const at = columns.findIndex((column) => column.some(({ id }) => id === from));
  const column = columns[at] ?? columns[0];
  if (!column) return undefined;
  const row = column.findIndex(({ id }) => id === from);
  const nearest = (others: readonly PictureNode[] | undefined): string | undefined => {
    const here = column[row];
    if (!others || !here) return undefined;
    const middle = here.y + here.height / 2;
    const away = (node: PictureNode): number => Math.abs(node.y + node.height / 2 - middle);
    return [...others].sort((a, b) => away(a) - away(b))[0]?.id;
  };
  switch (key) {
    case 'ArrowDown':
      return column[Math.min(row + 1, column.length - 1)]?.id;
    case 'ArrowUp':
      return column[Math.max(row - 1, 0)]?.id;
    case 'ArrowRight':
      return nearest(columns[at + 1]);
    case 'ArrowLeft':
      return at > 0 ? nearest(columns[at - 1]) : undefined;
    case 'Home':
      return column[0]?.id;
    case 'End':
      return column.at(-1)?.id;
    default:
      return undefined;
  }
};
