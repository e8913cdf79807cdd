// The adapter editor: modes with what works, networks, VLANs, plans, live changes, captures, guest addresses.
import { act } from 'react';
import { describe, expect, it } from 'vitest';
import { text } from '../../../../../shared/model/text.ts';
import type { Vm } from '../../../../../shared/model/vm.ts';
import type { AppState } from '../../../../../shared/state/app-state.ts';
import { useAppStore } from '../../../state/app-store.ts';
import { useUi } from '../../../state/ui-store.ts';
import { attachedTo, networkBody, rowOf, withNetworks } from '../../../testing/networks.ts';
import { onePage } from '../../../testing/one-page.tsx';
import {
  button,
  click,
  fill,
  idOf,
  inputOf,
  stateOf,
  vmOf,
  type World,
} from '../../../testing/world.tsx';
import { Facts } from '../Facts.tsx';
import { HardwareOf } from './testing/hardware-of.tsx';

const page = onePage();
const { callsOf } = page;

const nat = { kind: 'nat' as const, ipv6: true, forwards: [] };
const step = {
  kind: 'native',
  privilege: 'none',
  attachment: 'nat',
  text: text('network.step.native', { network: 'x' }),
};
const planOf = (nic: { attachment: { kind: string } }) => {
  switch (nic.attachment.kind) {
    case 'hostOnly':
      return {
        kind: 'plan',
        steps: [
          {
            kind: 'privileged',
            privilege: 'authorisation',
            request: { verb: 'bridge.create', bridge: 'pv-host' },
            command: ['ip', 'link', 'add', 'name', 'pv-host', 'type', 'bridge'],
            text: text('networks.add'),
          },
        ],
        limits: [],
      };
    case 'bridged':
      return {
        kind: 'refused',
        reason: text('network.refused.wifi', { uplink: 'wlan0' }),
        alternative: text('network.refused.uplink.alternative'),
      };
    default:
      return { kind: 'plan', steps: [step], limits: [] };
  }
};
const networks = (state: AppState): AppState =>
  withNetworks(
    state,
    rowOf('lab', { vlans: [{ tag: 10, name: 'servers' }] }),
    rowOf('host', { kind: 'hostOnly' }, { state: 'needsSetUp' }),
    rowOf('lan', { kind: 'bridged', uplink: 'wlan0', ipv4: undefined }),
  );
const open = (
  vm: Vm = attachedTo(vmOf(1, 'a'), nat),
  answers: Parameters<typeof page.open>[2] = {},
  state: (state: AppState) => AppState = networks,
): Promise<World> =>
  page.open(<HardwareOf id={idOf(1)} />, state(stateOf(vm, attachedTo(vmOf(2, 'twin'), nat))), {
    'vm.edit': () => ({ appliesAt: 'now' }),
    'network.portHolder': () => ({}),
    'network.planNic': ({ nic }: { nic: never }) => ({ plan: planOf(nic) }),
    ...answers,
  });
const mode = (name: string): HTMLElement =>
  page.root().querySelector<HTMLElement>(`.mode[aria-label="${name}"]`)!;
const plans = async (): Promise<void> => {
  await expect.poll(() => page.root().querySelector('.mode .tone-run')).not.toBeNull();
  await act(async () => undefined);
};
const group = (name: string): HTMLElement =>
  page.root().querySelector<HTMLElement>(`[role="group"][aria-label="${name}"]`)!;
const radio = (name: string): HTMLElement | undefined =>
  [...group('VLAN').querySelectorAll<HTMLElement>('[role="radio"]')].find(
    (row) => row.textContent === name,
  );

describe('the adapter editor', () => {
  it('marks every mode by what main plans for this machine', async () => {
    await open();
    await plans();
    expect(mode('NAT').textContent).toContain('Works on this engine');
    expect(mode('NAT network').textContent).toContain('Works on this engine');
    expect(mode('Host-only').textContent).toContain('Needs your authorisation');
    expect(mode('Bridged').textContent).toContain('Not possible on this engine');
    // There is no internal network to ask about.
    expect(mode('Internal').querySelector('.st')).toBeNull();
  });

  it('says why a mode is refused and what to use, and shows the commands of one that needs rights', async () => {
    const { root } = await open();
    await plans();
    await click(mode('Bridged'));
    await expect.poll(() => root.textContent).toContain('access points refuse frames');
    expect(root.textContent).toContain('Use a NAT network with port forwards');
    await click(mode('Host-only'));
    await expect
      .poll(() => root.querySelector('.plan-command')?.textContent)
      .toBe('ip link add name pv-host type bridge');
    await click(button(root, 'Set up on this computer…'));
    expect(useUi.getState().dialog).toEqual({ kind: 'setUpNetwork', network: 'host' });
  });

  it('plugs an adapter into a network with a trunk, judged while it is typed', async () => {
    const { root } = await open();
    await click(mode('NAT network'));
    await click(radio('Several tags'));
    // What the network names is offered.
    expect(inputOf(root, 'Tags')?.value).toBe('10');
    const apply = () => button(root, 'Apply');
    for (const [typed, sentence] of [
      ['0', '“0” is no tag'],
      ['10, 4095', '“4095” is no tag'],
      ['', 'Add at least one tag'],
    ] as const) {
      await fill(inputOf(root, 'Tags'), typed);
      expect(root.textContent).toContain(sentence);
      expect(apply()?.disabled).toBe(true);
    }
    await fill(inputOf(root, 'Tags'), '10-12,20');
    expect(apply()?.disabled).toBe(false);
    await click(apply());
    expect(callsOf('vm.edit')).toMatchObject([
      {
        config: {
          nics: [
            {
              attachment: {
                kind: 'natNetwork',
                network: 'lab',
                vlan: { mode: 'trunk', tags: [10, 11, 12, 20] },
              },
            },
          ],
        },
      },
    ]);
  });

  it('takes one tag from 1 to 4094, and none again', async () => {
    const { root } = await open();
    await click(mode('NAT network'));
    await click(radio('One tag'));
    await fill(inputOf(root, 'Tag'), '4095');
    expect(root.textContent).toContain('A number from 1 to 4094.');
    expect(button(root, 'Apply')?.disabled).toBe(true);
    await fill(inputOf(root, 'Tag'), '4094');
    expect(button(root, 'Apply')?.disabled).toBe(false);
    await click(radio('None'));
    await click(button(root, 'Apply'));
    expect(callsOf('vm.edit')).toMatchObject([
      { config: { nics: [{ attachment: { kind: 'natNetwork', network: 'lab' } }] } },
    ]);
    expect(JSON.stringify(callsOf('vm.edit'))).not.toContain('vlan');
  });

  it('makes the first network of a kind on the spot', async () => {
    const { root } = await open(undefined, {
      'network.suggest': () => ({ network: networkBody('internal-1', { kind: 'internal' }) }),
      'network.create': () => ({ id: 'internal-1' }),
    });
    await click(mode('Internal'));
    expect(button(root, 'Apply')?.disabled).toBe(true);
    await click(button(root, 'Make one'));
    expect(callsOf('network.create')).toHaveLength(1);
    await click(button(root, 'Apply'));
    expect(callsOf('vm.edit')).toMatchObject([
      { config: { nics: [{ attachment: { kind: 'internal', network: 'internal-1' } }] } },
    ]);
  });

  it('warns of an address another machine has, and limits bandwidth', async () => {
    const vm = attachedTo(vmOf(1, 'a'), nat);
    const { root } = await open(vm);
    const twin = attachedTo(vmOf(2, 'twin'), nat).definition.config.nics[0]!.mac;
    await fill(inputOf(root, 'MAC address'), twin);
    expect(root.textContent).toContain('twin has this address too.');
    await fill(inputOf(root, 'Bandwidth limit'), '12');
    expect(root.textContent).toContain('From 64 kbit/s on');
    expect(button(root, 'Apply')?.disabled).toBe(true);
    await fill(inputOf(root, 'Bandwidth limit'), '1000');
    await click(button(root, 'Apply'));
    expect(callsOf('vm.edit')).toMatchObject([{ config: { nics: [{ bandwidthKbps: 1000 }] } }]);
  });

  /** What main says of a running machine: our switch takes it at once, everything else as `later`. */
  const foreseen =
    (later: string) =>
    ({ nic }: { nic: { attachment: { kind: string } } }) => ({
      plan: planOf(nic),
      appliesAt: nic.attachment.kind === 'natNetwork' ? 'now' : later,
    });
  const lab = { kind: 'natNetwork', network: 'lab' } as const;

  it('plugs a running machine over at once, and the draft is gone when it is', async () => {
    const vm = attachedTo(vmOf(1, 'a', 'running'), nat);
    const { root } = await open(vm, {
      'network.attach': () => ({ appliesAt: 'now' }),
      'network.planNic': foreseen('nextStart'),
    });
    await plans();
    await click(mode('NAT network'));
    await expect.poll(() => button(root, 'Plug in now')).toBeDefined();
    expect(root.textContent).toContain('the guest asks for an address anew');
    await click(button(root, 'Plug in now'));
    expect(callsOf('network.attach')).toMatchObject([
      { id: idOf(1), nic: { id: 'nic0', attachment: lab } },
    ]);
    const plugged = attachedTo(vmOf(1, 'a', 'running'), lab);
    await act(async () => useAppStore.setState({ state: networks(stateOf(plugged)) }));
    expect(button(root, 'Apply')?.disabled).toBe(true);
    expect(button(root, 'Plug in now')).toBeUndefined();
  });

  it('says before what waits for the next start, and offers nothing else', async () => {
    const vm = attachedTo(vmOf(1, 'a', 'running'), lab);
    const { root } = await open(vm, { 'network.planNic': foreseen('nextStart') });
    await plans();
    await expect.poll(() => root.textContent).toContain('Everything else waits for the next start');
    await click(mode('NAT'));
    await expect.poll(() => root.textContent).toContain('stays where it is. This takes effect at');
    expect(button(root, 'Plug in now')).toBeUndefined();
    expect(button(root, 'Apply')?.disabled).toBe(false);
  });

  it('leaves only the moves to a machine that changes nothing else while it runs', async () => {
    const vm = attachedTo(vmOf(1, 'a', 'running'), lab);
    const locked = (state: AppState): AppState => {
      const { driver } = vm.definition;
      const found = state.drivers[driver];
      if (!found?.capabilities) throw new Error('no driver');
      const capabilities = { ...found.capabilities, canEditWhileRunning: false };
      return networks({
        ...state,
        drivers: { ...state.drivers, [driver]: { ...found, capabilities } },
      });
    };
    const { root } = await open(vm, { 'network.planNic': foreseen('off') }, locked);
    await plans();
    await expect.poll(() => root.textContent).toContain('can be changed only when it is off');
    expect(mode('NAT')).toHaveProperty('disabled', true);
    expect(mode('NAT network')).toHaveProperty('disabled', false);
    expect(mode('NAT network').matches(':disabled')).toBe(false);
    await click(radio('One tag'));
    await fill(inputOf(root, 'Tag'), '20');
    await expect.poll(() => button(root, 'Plug in now')).toBeDefined();
  });

  it('captures a running adapter into a chosen file, and stops', async () => {
    const vm = attachedTo(vmOf(1, 'a', 'running'), nat);
    const { root } = await open(vm, { 'dialog.saveFile': () => ({ path: '/tmp/a.pcap' }) });
    await click(button(root, 'Capture packets…'));
    expect(callsOf('network.startCapture')).toEqual([
      { id: idOf(1), nic: 'nic0', path: '/tmp/a.pcap' },
    ]);
    const { state } = useAppStore.getState();
    const capture = { vm: idOf(1), nic: 'nic0', path: '/tmp/a.pcap', since: 0 as never };
    await act(async () =>
      useAppStore.setState({ state: { ...state, captures: { [`${idOf(1)}/nic0`]: capture } } }),
    );
    expect(root.textContent).toContain('Capturing into a.pcap');
    await click(button(root, 'Stop the capture'));
    expect(callsOf('network.stopCapture')).toEqual([{ id: idOf(1), nic: 'nic0' }]);
  });

  it('says whether the guest has an address', async () => {
    const addresses: object[] = [];
    const vm = attachedTo(vmOf(1, 'a', 'running'), nat);
    const { root } = await open(vm, { 'network.addresses': () => ({ addresses }) });
    await click(button(root, 'Does the guest have an address?'));
    expect(root.textContent).toContain('No address was seen yet.');
    addresses.push({ nic: 'nic0', address: '10.0.2.15', source: 'guestAgent' });
    await click(button(root, 'Does the guest have an address?'));
    expect(root.textContent).toContain('Yes: 10.0.2.15');
  });
});

describe('facts of a machine', () => {
  const facts = (vm: Vm): Promise<World> =>
    page.open(<Facts vm={vm} />, networks(stateOf(vm)), {
      'network.addresses': () => ({
        addresses: [
          { address: 'fe80::1', source: 'guestAgent' },
          { nic: 'nic0', address: '10.20.0.7', source: 'lease' },
        ],
      }),
    });

  it('show the addresses of a running guest, the useful one first', async () => {
    const vm = attachedTo(vmOf(1, 'a', 'running'), {
      kind: 'natNetwork',
      network: 'lab',
      vlan: { mode: 'access', tag: 10 },
    });
    const { root } = await facts(vm);
    const rows = [...root.querySelectorAll('.guest-address')].map((row) => row.textContent);
    expect(rows).toEqual(['10.20.0.7from DHCP', 'fe80::1from the guest agent']);
    expect(button(root, 'Copy 10.20.0.7')).toBeDefined();
    expect(root.textContent).toContain('lab, NAT network, VLAN 10');
  });

  it('ask for no addresses of a machine that is off', async () => {
    await facts(attachedTo(vmOf(1, 'a'), nat));
    expect(callsOf('network.addresses')).toEqual([]);
  });
});
