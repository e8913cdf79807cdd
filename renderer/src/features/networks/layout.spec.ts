import { describe, expect, it } from 'vitest';
import { attachedTo, rowOf, withNetworks } from '../../testing/networks.ts';
import { stateOf, vmOf } from '../../testing/world.tsx';
import { drawPicture, mostLines, nodeAfter, sizes, type PictureNode } from './layout.ts';

const isApart = (nodes: readonly PictureNode[]): boolean =>
  nodes.every((node, index) => {
    const before = nodes[index - 1];
    return before === undefined || node.y >= before.y + before.height;
  });

const fifty = () => {
  const vms = Array.from({ length: 50 }, (_, n) =>
    attachedTo(vmOf(n + 1, `vm ${String(n).padStart(2, '0')}`, n % 2 ? 'running' : 'off'), {
      kind: n % 5 === 0 ? 'internal' : 'natNetwork',
      network: n % 5 === 0 ? 'retro' : `lab${n % 3}`,
      ...(n % 4 === 0 ? { vlan: { mode: 'access' as const, tag: 10 + (n % 8) } } : {}),
    }),
  );
  return withNetworks(
    stateOf(...vms),
    rowOf('lab0'),
    rowOf('lab1'),
    rowOf('lab2'),
    rowOf('retro', { kind: 'internal' }),
    rowOf('empty', { kind: 'bridged', uplink: 'enp5s0' }, { state: 'needsSetUp' }),
  );
};

describe('the picture of connections', () => {
  it('places fifty machines and five networks apart, inside its room', () => {
    const { vms, networks } = fifty();
    const picture = drawPicture(vms, networks, 900);
    expect(picture.machines).toHaveLength(50);
    expect(isApart(picture.machines)).toBe(true);
    expect(isApart(picture.switches)).toBe(true);
    expect(isApart(picture.outs)).toBe(true);
    const all = [...picture.machines, ...picture.switches, ...picture.outs];
    for (const { x, y, width, height } of all) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(picture.width);
      expect(y + height).toBeLessThanOrEqual(picture.height);
    }
    const right = (node: PictureNode): number => node.x + node.width;
    expect(Math.max(...picture.outs.map(right))).toBeLessThan(picture.switches[0]!.x);
    expect(Math.max(...picture.switches.map(right))).toBeLessThan(picture.machines[0]!.x);
  });

  it('draws a line from the lane of the tag to the machine', () => {
    const { vms, networks } = fifty();
    const picture = drawPicture(vms, networks, 900);
    for (const line of picture.lines.filter(({ tag }) => tag !== undefined)) {
      const node = picture.switches.find(({ lanes }) => lanes.some(({ y }) => y === line.fromY));
      expect(node?.lanes.find(({ y }) => y === line.fromY)?.tag).toBe(line.tag);
    }
    expect(picture.lines.find(({ isPlanned }) => isPlanned)).toBeDefined();
  });

  it('joins the lines of a trunk for many tags', () => {
    const trunk = (count: number) =>
      attachedTo(vmOf(1, 'router'), {
        kind: 'internal',
        network: 'lab',
        vlan: { mode: 'trunk', tags: Array.from({ length: count }, (_, n) => n + 10) },
      });
    const lines = (count: number) => {
      const { vms, networks } = withNetworks(
        stateOf(trunk(count)),
        rowOf('lab', { kind: 'internal' }),
      );
      return drawPicture(vms, networks, 700).lines;
    };
    expect(lines(3)).toHaveLength(3);
    expect(lines(3).map(({ label }) => label)).toEqual(['trunk', undefined, undefined]);
    expect(lines(mostLines + 1)).toHaveLength(1);
  });

  it('is never narrower than it can be read', () => {
    expect(drawPicture({}, {}, 100).width).toBe(sizes.leastWidth);
  });

  it('is walked with arrows, column by column', () => {
    const { vms, networks } = fifty();
    const picture = drawPicture(vms, networks, 900);
    const first = picture.machines[0]!.id;
    expect(nodeAfter(picture, first, 'ArrowDown')).toBe(picture.machines[1]!.id);
    expect(nodeAfter(picture, first, 'ArrowUp')).toBe(first);
    expect(nodeAfter(picture, first, 'End')).toBe(picture.machines.at(-1)!.id);
    expect(nodeAfter(picture, first, 'ArrowLeft')).toMatch(/^net:/);
    expect(nodeAfter(picture, picture.switches[0]!.id, 'ArrowRight')).toMatch(/^vm:/);
    expect(nodeAfter(picture, first, 'x')).toBeUndefined();
  });
});
