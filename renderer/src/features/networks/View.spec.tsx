// The Networks page: cards, panel, adding, wrong input, forwards with conflicts, the picture and its table.
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { toNetworkId } from '../../../../shared/model/networks.ts';
import { text } from '../../../../shared/model/text.ts';
import type { AppState } from '../../../../shared/state/app-state.ts';
import { Dialogs } from '../../app/Dialogs.tsx';
import { useUi } from '../../state/ui-store.ts';
import { attachedTo, networkBody, rowOf, withNetworks } from '../../testing/networks.ts';
import { dialog as theDialog, onePage } from '../../testing/one-page.tsx';
import {
  button,
  click,
  fill,
  idOf,
  inputOf,
  press,
  stateOf,
  vmOf,
  type World,
} from '../../testing/world.tsx';
import { NetworksView } from './View.tsx';

const page = onePage();
const { callsOf } = page;

const Page = () => {
  const place = useUi((s) => s.page);
  return (
    <>
      <NetworksView selected={place.kind === 'networks' ? place.network : undefined} />
      <Dialogs />
    </>
  );
};
const open = (state: AppState, answers: Parameters<typeof page.open>[2] = {}): Promise<World> =>
  page.open(<Page />, state, {
    'network.portHolder': () => ({}),
    'network.live': () => ({ leases: [], ports: [] }),
    ...answers,
  });
const pauses = async (): Promise<void> => {
  await act(async () => new Promise((resolve) => setTimeout(resolve, 300)));
};
const lab = () => attachedTo(vmOf(1, 'web', 'running'), { kind: 'natNetwork', network: 'lab' });

describe('the networks page', () => {
  it('shows each network with its state, addresses, members and limits', async () => {
    const { root } = await open(
      withNetworks(
        stateOf(lab()),
        rowOf('lab', {}, { limits: [text('networks.noDhcp')] }),
        rowOf('retro', { kind: 'internal', ipv4: undefined }, { state: 'idle' }),
      ),
    );
    const cards = [...root.querySelectorAll('.nw-card')].map((card) => card.textContent);
    expect(cards[0]).toContain('lab');
    expect(cards[0]).toContain('Up');
    expect(cards[0]).toContain('10.20.0.0/24');
    expect(cards[0]).toContain('1 adapter attached');
    expect(cards[0]).toContain('Off');
    expect(cards[1]).toContain('Idle');
    expect(cards[1]).toContain('No adapter attached');
  });

  it('opens a panel with counters and leases, and a lease becomes a reservation', async () => {
    const mac = lab().definition.config.nics[0]!.mac;
    const { root } = await open(withNetworks(stateOf(lab()), rowOf('lab')), {
      'network.live': () => ({
        leases: [{ mac, address: '10.20.0.100', hostname: 'web' }],
        ports: [
          {
            vm: idOf(1),
            nic: 'nic0',
            isConnected: true,
            counters: { rxFrames: 1, rxBytes: 2048, txFrames: 1, txBytes: 4096, dropped: 3 },
          },
        ],
      }),
    });
    await click(root.querySelector('.nw-card'));
    const panel = root.querySelector('.nw-panel');
    await expect.poll(() => panel?.textContent).toContain('2 KiB sent, 4 KiB received');
    expect(panel?.textContent).toContain('3 frames dropped');
    expect(panel?.textContent).toContain('10.20.0.100');
    await click(button(root, 'Always give 10.20.0.100 to this machine'));
    expect(callsOf('network.edit')).toMatchObject([
      { network: { id: 'lab', reservations: [{ mac, address: '10.20.0.100' }] } },
    ]);
  });

  it('does not ask for counters of a network that is not up', async () => {
    const { root } = await open(withNetworks(stateOf(lab()), rowOf('lab', {}, { state: 'idle' })));
    await click(root.querySelector('.nw-card'));
    await pauses();
    expect(callsOf('network.live')).toEqual([]);
  });

  it('adds a network with what main suggests', async () => {
    const { root } = await open(stateOf(), {
      'network.suggest': ({ kind }: { kind: never }) => ({
        network: networkBody('network-1', { kind }),
      }),
      'network.check': () => ({}),
      'network.create': () => ({ id: 'servers' }),
    });
    await click(button(root, 'Add network'));
    const dialog = await theDialog();
    expect(inputOf(dialog, 'Address range')?.value).toBe('10.20.0.0/24');
    await fill(inputOf(dialog, 'Name'), 'servers');
    await click(dialog.querySelector('[role="radio"][aria-label="Internal"]'));
    // The name a person wrote stays when another kind is chosen.
    expect(inputOf(dialog, 'Name')?.value).toBe('servers');
    await pauses();
    await act(async () =>
      dialog.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true })),
    );
    expect(callsOf('network.create')).toMatchObject([
      { network: { name: 'servers', kind: 'internal', ipv4: { gateway: '10.20.0.1' } } },
    ]);
    expect(useUi.getState().page).toEqual({ kind: 'networks', network: 'servers' });
  });

  it('marks the field that main refuses, and that cannot be read', async () => {
    const { root } = await open(stateOf(), {
      'network.suggest': () => ({ network: networkBody('network-1') }),
      'network.check': ({ network }: { network: { ipv4: { subnet: string } } }) =>
        network.ipv4.subnet === '172.17.0.0/16'
          ? {
              problem: {
                code: 'network/subnet-overlaps',
                params: { subnet: '172.17.0.0/16', other: 'Docker' },
                tried: [],
              },
              field: 'ipv4.subnet',
            }
          : {},
    });
    await click(button(root, 'Add network'));
    const dialog = await theDialog();
    const create = () => button(dialog, 'Create network');
    const says = () => dialog.querySelector('.help.bad')?.textContent;
    await fill(inputOf(dialog, 'Address range'), '10.20.0.0');
    expect(says()).toBe('A range like 10.20.0.0/24.');
    expect(create()?.disabled).toBe(true);
    await fill(inputOf(dialog, 'Address range'), '172.17.0.0/16');
    await expect.poll(says).toContain('It overlaps with Docker.');
    expect(create()?.disabled).toBe(true);
    await fill(inputOf(dialog, 'Address range'), '10.30.0.0/24');
    await pauses();
    expect(create()?.disabled).toBe(false);
  });

  it('does not remove a network that is used, and says by whom', async () => {
    await open(withNetworks(stateOf(lab()), rowOf('lab')));
    await act(async () =>
      useUi.setState({ dialog: { kind: 'removeNetwork', network: toNetworkId('lab') } }),
    );
    const dialog = await theDialog();
    expect(dialog.textContent).toContain('Attached: web.');
    expect(button(dialog, 'Remove network')).toBeUndefined();
  });

  it('says who has the port of a forward, and moves it with one click', async () => {
    const forward = (hostPort: number) => [
      { id: 'f', protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort, guestPort: 22 },
    ];
    const vm = (n: number, name: string, power: 'off' | 'running', hostPort: number) =>
      attachedTo(vmOf(n, name, power), { kind: 'nat', ipv6: true, forwards: forward(hostPort) });
    const { root } = await open(
      stateOf(
        vm(1, 'build-01', 'running', 2222),
        vm(2, 'freedos', 'off', 2222),
        vm(3, 'mail', 'off', 8025),
      ),
      {
        'network.portHolder': ({ hostPort }: { hostPort: number }) =>
          hostPort === 8025 ? { by: 'python3 (pid 4)', free: 8026 } : {},
        'network.testForward': () => ({ outcome: 'answers' }),
      },
    );
    await expect.poll(() => root.textContent).toContain('Taken by python3 (pid 4)');
    const row = (name: string) =>
      [...root.querySelectorAll('tbody tr')].find((line) => line.textContent.includes(name));
    expect(row('build-01')?.textContent).toContain('Open');
    expect(row('freedos')?.textContent).toContain('Taken by build-01');
    expect(row('mail')?.textContent).toContain('Use 8026');
    await click(button(row('freedos')!, 'Use 2223'));
    expect(callsOf('vm.removeForward')).toEqual([{ id: idOf(2), nic: 'nic0', forward: 'f' }]);
    expect(callsOf('vm.addForward')).toMatchObject([
      { id: idOf(2), nic: 'nic0', forward: { hostPort: 2223, guestPort: 22 } },
    ]);
    await click(button(row('build-01')!, 'Test'));
    expect(row('build-01')?.textContent).toContain('Something answers.');
  });

  it('asks of its own forwards only which program has the port, and again when that ended', async () => {
    vi.useFakeTimers();
    try {
      let by: string | undefined = 'nginx';
      const forwards = [
        {
          ...{ id: 'web', protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort: 8080 },
          ...{ guestPort: 80, to: { kind: 'address' as const, address: '10.20.0.7' } },
        },
      ];
      const { root } = await open(
        withNetworks(stateOf(), rowOf('lab', { forwards }, { state: 'idle' })),
        {
          'network.portHolder': (asked: { isOurs?: boolean }) =>
            asked.isOurs === true ? { by } : { by: 'lab' },
        },
      );
      const state = () => root.querySelector('.nw-table tbody tr')?.textContent;
      await act(() => vi.advanceTimersByTimeAsync(10));
      expect(state()).toContain('Taken by nginx');
      by = undefined;
      await act(() => vi.advanceTimersByTimeAsync(5000));
      expect(state()).toContain('Opens with its machine');
    } finally {
      vi.useRealTimers();
    }
  });

  it('adds a forward of a NAT network, and judges it first', async () => {
    const { root } = await open(withNetworks(stateOf(lab()), rowOf('lab')), {
      'network.portHolder': ({ hostPort }: { hostPort: number }) =>
        hostPort === 5000 ? { by: 'nginx', free: 5001 } : {},
    });
    await click(button(root, 'Forward a port'));
    await fill(inputOf(root, 'Port here'), '80');
    expect(root.textContent).toContain('Ports below 1024 need administrator rights.');
    await fill(inputOf(root, 'Port here'), '5000');
    await expect.poll(() => root.textContent).toContain('Taken by nginx.');
    expect(button(root, 'Add')?.disabled).toBe(true);
    await click(button(root, 'Use 5001'));
    await act(async () =>
      root
        .querySelector('.nw-new-forward')
        ?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })),
    );
    expect(callsOf('network.addForward')).toMatchObject([
      {
        id: 'lab',
        forward: { hostPort: 5001, guestPort: 22, to: { kind: 'nic', vm: idOf(1), nic: 'nic0' } },
      },
    ]);
  });

  it('shows the connections as a picture with one tab stop, and as a table', async () => {
    const trunk = attachedTo(vmOf(2, 'router'), {
      kind: 'natNetwork',
      network: 'lab',
      vlan: { mode: 'trunk', tags: [10, 20] },
    });
    const { root } = await open(
      withNetworks(stateOf(lab(), trunk), rowOf('lab', { vlans: [{ tag: 10, name: 'servers' }] })),
    );
    const room = root.querySelector('.tp-room')!;
    expect(room.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
    expect(room.querySelector('[aria-label="router, off, lab (VLAN 10, 20)"]')).not.toBeNull();
    const node = room.querySelector('[tabindex="0"]')!;
    await press(node, 'ArrowRight');
    expect(document.activeElement?.getAttribute('data-node')).toMatch(/^vm:/);
    expect(root.querySelector('.tp-legend')?.textContent).toContain('10servers');
    await click(button(root, 'Show as table'));
    expect(root.querySelector('.nw-table')?.textContent).toContain('10, 20, trunk');
  });

  it('closes the panel by Escape and gives the focus back to its card', async () => {
    const { root } = await open(withNetworks(stateOf(lab()), rowOf('lab')));
    await click(root.querySelector('.nw-card'));
    await press(button(root, 'Edit…')!, 'Escape');
    expect(root.querySelector('.nw-panel')).toBeNull();
    expect(document.activeElement).toBe(root.querySelector('.nw-card'));
    expect(useUi.getState().page).toEqual({ kind: 'networks' });
  });

  it('offers a free port where a forward of ours has the one that is typed', async () => {
    const forwards = [
      { id: 'f', protocol: 'tcp', hostAddress: '', hostPort: 8080, guestPort: 80 },
    ] as const;
    const vm = attachedTo(vmOf(1, 'web', 'running'), { kind: 'nat', ipv6: true, forwards });
    const { root } = await open(stateOf(vm));
    await click(button(root, 'Forward a port'));
    await fill(inputOf(root, 'Port here'), '8080');
    expect(root.textContent).toContain('Port 8080 is forwarded already.');
    await click(button(root, 'Use 8081'));
    expect(inputOf(root, 'Port here')?.value).toBe('8081');
    expect(button(root, 'Add')?.disabled).toBe(false);
  });

  it('draws what is near of a tall picture, and the arrows still lead to its end', async () => {
    const vms = Array.from({ length: 300 }, (_, n) =>
      attachedTo(vmOf(n + 1, `node ${n + 1}`), { kind: 'natNetwork', network: 'lab' }),
    );
    const { root } = await open(withNetworks(stateOf(...vms), rowOf('lab')));
    const drawn = () => root.querySelectorAll('.tp-node').length;
    expect(drawn()).toBeGreaterThan(20);
    expect(drawn()).toBeLessThan(100);
    expect(root.querySelectorAll('.tp-lines path').length).toBeGreaterThan(20);
    await press(root.querySelector('[data-node="net:lab"]')!, 'ArrowRight');
    await press(document.activeElement!, 'End');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('node 300, off, lab');
    await click(button(root, 'Show as table'));
    const lines = () => root.querySelectorAll('.nw-connections tbody tr').length;
    expect(lines()).toBe(100);
    await click(button(root, 'Show 100 more of 200'));
    expect(lines()).toBe(200);
  });
});
