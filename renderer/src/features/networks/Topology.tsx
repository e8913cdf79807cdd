// The picture of how machines, networks and ways out hang together. One tab stop; arrows go from box to box.
import { EthernetPort, Globe, Laptop } from 'lucide-react';
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { NetworkId } from '../../../../shared/model/networks.ts';
import type { AppState } from '../../../../shared/state/app-state.ts';
import { KindIcon } from '../../components/KindCards.tsx';
import { StateMark } from '../../components/marks.tsx';
import { showTags, untaggedLook, vlanName, type VlanLook } from '../../model/vlan.ts';
import { showVm } from '../../state/ui-store.ts';
import { useAppStore, useVmTable } from '../../state/app-store.ts';
import {
  drawPicture,
  isPlain,
  nodeAfter,
  sizes,
  trunkLabel,
  type Line,
  type MachineNode,
  type OutNode,
  type PictureNode,
  type SwitchNode,
} from './layout.ts';
import { stateWord } from './look.ts';
import { useLooks } from '../../hooks/use-looks.ts';
import { useSeen } from './use-seen.ts';

/** The room of an element in pixels, followed. */
const useWidth = () => {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<number>(sizes.leastWidth);
  useEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === 'undefined') return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
};

export const Topology = ({
  selected,
  onSelect,
}: {
  readonly selected: NetworkId | undefined;
  readonly onSelect: (id: NetworkId) => void;
}) => {
  const vms = useVmTable();
  const networks = useAppStore((s) => s.state.networks);
  const { ref, width } = useWidth();
  const looks = useLooks();
  const picture = useMemo(() => drawPicture(vms, networks, width), [vms, networks, width]);
  const nodes: readonly PictureNode[] = [...picture.switches, ...picture.outs, ...picture.machines];
  const [active, setActive] = useState<string>();
  const stop = nodes.some(({ id }) => id === active) ? active : nodes[0]?.id;
  const { isSeen, onScroll } = useSeen(nodes.length);
  const seen = <T extends PictureNode>(column: readonly T[]): readonly T[] =>
    column.filter((node) => node.id === stop || isSeen(node.y, node.y + node.height));
  const wanted = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    ref.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(wanted.current)}"]`)?.focus();
    wanted.current = undefined;
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || stop === undefined) return;
    const next = nodeAfter(picture, stop, event.key);
    if (next === undefined) return;
    event.preventDefault();
    // A box far away has to be drawn first.
    wanted.current = next;
    setActive(next);
  };
  const box = (node: PictureNode) => ({
    tabIndex: node.id === stop ? 0 : -1,
    'data-node': node.id,
    onFocus: () => setActive(node.id),
    style: {
      insetInlineStart: node.x,
      insetBlockStart: node.y,
      width: node.width,
      height: node.height,
    },
  });
  return (
    <div className="tp" ref={ref} onScroll={onScroll}>
      {/* The arrows are the group's own; the boxes in it are ordinary buttons. */}
      <div
        className="tp-room"
        role="group"
        aria-label={format('topology.label')}
        style={{ width: picture.width, height: picture.height }}
        onKeyDown={onKeyDown}
      >
        <Lines
          lines={picture.lines.filter(({ fromY, toY }) =>
            isSeen(Math.min(fromY, toY), Math.max(fromY, toY)),
          )}
          looks={looks}
          width={picture.width}
          height={picture.height}
        />
        {seen(picture.outs).map((node) => (
          <Out key={node.id} node={node} box={box(node)} networks={networks} onSelect={onSelect} />
        ))}
        {seen(picture.switches).map((node) => (
          <Switch
            key={node.id}
            node={node}
            box={box(node)}
            isSelected={node.network.id === selected}
            looks={looks}
            networks={networks}
            onSelect={onSelect}
          />
        ))}
        {seen(picture.machines).map((node) => (
          <Machine key={node.id} node={node} box={box(node)} vms={vms} isSlim={picture.isSlim} />
        ))}
      </div>
    </div>
  );
};

interface Box {
  readonly tabIndex: number;
  readonly 'data-node': string;
  readonly onFocus: () => void;
  readonly style: {
    readonly insetInlineStart: number;
    readonly insetBlockStart: number;
    readonly width: number;
    readonly height: number;
  };
}

const curve = ({ fromX, fromY, toX, toY }: Line): string => {
  const bend = Math.max(24, (toX - fromX) / 2);
  return `M${fromX} ${fromY}C${fromX + bend} ${fromY} ${toX - bend} ${toY} ${toX} ${toY}`;
};

const Lines = ({
  lines,
  looks,
  width,
  height,
}: {
  readonly lines: readonly Line[];
  readonly looks: ReadonlyMap<number, VlanLook>;
  readonly width: number;
  readonly height: number;
}) => {
  const labels = lines.filter((line) => line.label !== undefined);
  return (
    <svg className="tp-lines" width={width} height={height} aria-hidden="true">
      {lines.map((line) => {
        const look = line.tag === undefined ? untaggedLook : (looks.get(line.tag) ?? untaggedLook);
        return (
          <path
            key={line.key}
            d={curve(line)}
            fill="none"
            stroke={look.colour}
            strokeWidth={line.isQuiet ? 1.5 : 2.25}
            strokeDasharray={line.isPlanned ? '3 5' : look.dash}
          />
        );
      })}
      {labels.map((line) => {
        const label = line.label === trunkLabel ? format('vlan.trunk') : (line.label ?? '');
        const wide = label.length * 7 + 12;
        const x = line.toX - wide - 8;
        return (
          <g key={line.key}>
            <rect x={x} y={line.toY - 8} width={wide} height="16" rx="4" className="tp-tag" />
            <text x={x + wide / 2} y={line.toY + 4} textAnchor="middle">
              {label}
            </text>
          </g>
        );
      })}
    </svg>
  );
};

const outIcon: Readonly<Record<OutNode['way'], ReactNode>> = {
  internet: <Globe size={16} aria-hidden="true" />,
  computer: <Laptop size={16} aria-hidden="true" />,
  uplink: <EthernetPort size={16} aria-hidden="true" />,
};

const Out = ({
  node,
  box,
  networks,
  onSelect,
}: {
  readonly node: OutNode;
  readonly box: Box;
  readonly networks: AppState['networks'];
  readonly onSelect: (id: NetworkId) => void;
}) => {
  const title = node.way === 'uplink' ? node.name : format(`topology.${node.way}`);
  const mine = Object.values(networks).find(({ network }) =>
    node.way === 'uplink'
      ? network.kind === 'bridged' && network.uplink === node.name
      : network.kind === (node.way === 'internet' ? 'natNetwork' : 'hostOnly'),
  );
  const say = format(
    node.way === 'uplink' && mine?.status.state === 'needsSetUp'
      ? 'topology.uplinkPlanned'
      : `topology.${node.way}Say`,
  );
  return (
    <button
      type="button"
      className="tp-node"
      {...box}
      onClick={() => mine && onSelect(mine.network.id)}
    >
      {outIcon[node.way]}
      <span className="grow">
        <b className="cut">{title}</b>
        <span className="cut xs t2">{say}</span>
      </span>
    </button>
  );
};

const Switch = ({
  node,
  box,
  isSelected,
  looks,
  networks,
  onSelect,
}: {
  readonly node: SwitchNode;
  readonly box: Box;
  readonly isSelected: boolean;
  readonly looks: ReadonlyMap<number, VlanLook>;
  readonly networks: AppState['networks'];
  readonly onSelect: (id: NetworkId) => void;
}) => {
  const { network } = node;
  const row = networks[network.id];
  const hasOneLane = isPlain(node.lanes.map(({ tag }) => tag));
  return (
    <button
      type="button"
      className={isSelected ? 'tp-node tp-switch on' : 'tp-node tp-switch'}
      {...box}
      aria-pressed={isSelected}
      onClick={() => onSelect(network.id)}
    >
      <span className="tp-switch-head">
        <KindIcon kind={network.kind} size={14} />
        <b className="cut">{network.name}</b>
      </span>
      <span className="cut xs t2 tp-switch-say">
        {row?.status.state === 'failed'
          ? stateWord(row)
          : [format(`networks.kind.${network.kind}`), row && stateWord(row).toLocaleLowerCase('en')]
              .filter(Boolean)
              .join(', ')}
      </span>
      {node.lanes.map((lane) => {
        const look = lane.tag === undefined ? untaggedLook : (looks.get(lane.tag) ?? untaggedLook);
        return (
          <span
            key={lane.tag ?? 'none'}
            className="tp-lane"
            style={{ insetBlockStart: lane.y - node.y - sizes.lane * 0.69 }}
          >
            {!hasOneLane && (
              <span className="cut xs t2">
                {lane.tag === undefined
                  ? format('vlan.untagged')
                  : `${lane.tag} ${vlanName(network, lane.tag) ?? ''}`}
              </span>
            )}
            <svg width="100%" height="6" aria-hidden="true">
              <line
                x1="0"
                y1="3"
                x2="100%"
                y2="3"
                stroke={look.colour}
                strokeWidth="4"
                strokeDasharray={look.dash}
              />
            </svg>
          </span>
        );
      })}
    </button>
  );
};

/** Everything a machine is plugged into, in words. */
export const linkWords = (node: Pick<MachineNode, 'links' | 'hasNat'>): string =>
  [
    ...(node.hasNat ? [format('hw.nic.nat')] : []),
    ...node.links.map(({ network, tags }) =>
      tags.length === 0 ? network : `${network} (VLAN ${showTags(tags)})`,
    ),
  ].join(', ');

const Machine = ({
  node,
  box,
  vms,
  isSlim,
}: {
  readonly node: MachineNode;
  readonly box: Box;
  readonly vms: AppState['vms'];
  readonly isSlim: boolean;
}) => {
  const vm = vms[node.vm];
  const word = format(`power.${node.power}`);
  return (
    <button
      type="button"
      className="tp-node"
      {...box}
      aria-label={`${node.name}, ${word.toLocaleLowerCase('en')}, ${linkWords(node)}`}
      onClick={() => vm && showVm(vm.definition.id, 'hardware')}
    >
      <span className={`tp-state ${node.power}`}>
        <StateMark state={node.power} />
      </span>
      <span className="grow">
        <b className="cut">{node.name}</b>
        {!isSlim && (
          <span className="cut xs t2">
            {node.hasNat ? format('topology.withNat', { state: word }) : word}
          </span>
        )}
      </span>
      {node.hasNat && <Globe size={14} aria-hidden="true" />}
    </button>
  );
};
