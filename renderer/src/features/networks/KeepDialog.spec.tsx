// Setting a network up, and the countdown that follows when an uplink was moved.
import { act } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { toEpochMs, toJobId } from '../../../../shared/model/brand.ts';
import type { HostChange } from '../../../../shared/model/network-plan.ts';
import { toNetworkId } from '../../../../shared/model/networks.ts';
import { text } from '../../../../shared/model/text.ts';
import { useAppStore } from '../../state/app-store.ts';
import { rowOf, withNetworks } from '../../testing/networks.ts';
import { button, click, mount, press, stateOf, type World } from '../../testing/world.tsx';
import { KeepDialog } from './KeepDialog.tsx';
import { SetUpDialog } from './SetUpDialog.tsx';

let world: World | undefined;
afterEach(async () => {
  await world?.unmount();
  world = undefined;
});
const callsOf = (channel: string): readonly unknown[] =>
  (world?.calls ?? []).filter(([name]) => name === channel).map(([, args]) => args);
const dialog = (): HTMLElement | null => document.querySelector<HTMLElement>('.dlg');

const attach = { verb: 'uplink.attach', bridge: 'pv-lan', uplink: 'eth0', rollbackSeconds: 60 };
const change = (more: Partial<HostChange> = {}): HostChange => ({
  id: 'c1',
  at: toEpochMs(1),
  what: text('network.step.uplinkAttach', { uplink: 'eth0', bridge: 'pv-lan' }),
  why: text('network.why.setUp', { network: 'lan' }),
  request: attach as HostChange['request'],
  standing: 'awaiting',
  until: toEpochMs(Date.now() + 42_000),
  ...more,
});

describe('setting a network up', () => {
  const open = async (plan: object): Promise<void> => {
    world = await mount(
      <SetUpDialog id={toNetworkId('lan')} />,
      withNetworks(stateOf(), rowOf('lan', { kind: 'bridged', uplink: 'eth0' })),
      {
        'network.previewSetUp': () => ({
          plan,
          before: ['eth0 192.168.1.7/24'],
          after: ['pv-lan 192.168.1.7/24'],
        }),
        'network.setUp': () => ({ job: toJobId('00000000-0000-4000-8000-000000000009') }),
      },
    );
    await expect.poll(() => dialog()?.textContent).toBeDefined();
    await act(async () => undefined);
  };

  it('shows before, after and every command, and then asks for one authorisation', async () => {
    await open({
      kind: 'plan',
      steps: [
        {
          kind: 'privileged',
          privilege: 'authorisation',
          request: attach,
          command: ['ip', 'link', 'set', 'dev', 'eth0', 'master', 'pv-lan'],
          text: change().what,
        },
      ],
      limits: [],
    });
    expect(dialog()?.textContent).toContain('eth0 192.168.1.7/24');
    expect(dialog()?.textContent).toContain('pv-lan 192.168.1.7/24');
    expect(dialog()?.textContent).toContain('ip link set dev eth0 master pv-lan');
    expect(dialog()?.textContent).toContain('goes back after 60 seconds');
    await click(button(dialog()!, 'Set up'));
    expect(callsOf('network.setUp')).toEqual([{ id: 'lan' }]);
  });

  it('offers nothing where it is refused, but the other way', async () => {
    await open({
      kind: 'refused',
      reason: text('network.refused.wifi', { uplink: 'wlan0' }),
      alternative: text('network.refused.uplink.alternative'),
    });
    expect(dialog()?.textContent).toContain('wlan0 is a Wi-Fi card');
    expect(dialog()?.textContent).toContain('Use a NAT network');
    expect(button(dialog()!, 'Set up')).toBeUndefined();
  });
});

describe('a change that goes back by itself', () => {
  const open = async (): Promise<void> => {
    world = await mount(
      <KeepDialog />,
      { ...stateOf(), hostChanges: { c1: change() } },
      {
        'network.connectivity': () => ({
          checks: [
            { id: 'router', result: 'yes' },
            { id: 'names', result: 'no' },
          ],
        }),
      },
    );
    await expect.poll(() => dialog()?.textContent).toContain('Router answers');
  };

  it('counts down, looks at the connection, and keeps', async () => {
    await open();
    expect(dialog()?.textContent).toMatch(/in 4[12] seconds/);
    expect(dialog()?.textContent).toContain('Names do not resolve');
    await click(button(dialog()!, 'Keep'));
    expect(callsOf('network.keep')).toEqual([{ change: 'c1' }]);
    await act(async () =>
      useAppStore.setState({
        state: { ...stateOf(), hostChanges: { c1: change({ standing: 'applied' }) } },
      }),
    );
    expect(dialog()).toBeNull();
  });

  it('does nothing on Enter and Escape: no button has the focus', async () => {
    await open();
    expect(document.activeElement?.tagName).not.toBe('BUTTON');
    await press(document.activeElement ?? document.body, 'Enter');
    await press(document.activeElement ?? document.body, 'Escape');
    expect(dialog()).not.toBeNull();
    expect(callsOf('network.keep')).toEqual([]);
    expect(callsOf('network.rollBack')).toEqual([]);
  });

  it('goes back when asked', async () => {
    await open();
    await click(button(dialog()!, 'Go back now'));
    expect(callsOf('network.rollBack')).toEqual([{ change: 'c1' }]);
  });
});
