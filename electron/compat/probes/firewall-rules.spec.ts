// A firewall in the way of machines: each check names the exact rule, followed by what takes it back.
import { describe, expect, it } from 'vitest';
import { hostFolder, probeHost } from '../__fixtures__/host-folder.ts';
import { netBridgeFilter } from './net-bridge-filter.ts';
import { netFirewall } from './net-firewall.ts';
import type { Probe } from './probe.ts';

const filter = { '/proc/sys/net/bridge/bridge-nf-call-iptables': '1\n' };
const docker = { '/sys/class/net/docker0/bridge/vlan_filtering': '0' };
const ufw = {
  '/etc/ufw/ufw.conf': 'ENABLED=yes\n',
  '/etc/default/ufw': 'DEFAULT_FORWARD_POLICY="DROP"\n',
};

const commands = async (
  probe: Probe,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const folder = hostFolder(files);
  try {
    const { remedies } = await probe.run(probeHost(folder.root));
    return remedies.map((one) => one.command ?? '');
  } finally {
    folder.remove();
  }
};

/** The command that takes back, made from the one that does. */
const wayBack = (command: string): string =>
  command
    .replace('-nf-call-iptables=0', '-nf-call-iptables=1')
    .replace('iptables -I', 'iptables -D')
    .replace('--add-interface', '--remove-interface')
    .replace('route allow', 'route delete allow');

describe('rules for firewalls', () => {
  it.each([
    ['Docker', netBridgeFilter, { ...filter, ...docker }, 4],
    ['another firewall on bridges', netBridgeFilter, filter, 2],
    ['ufw', netFirewall, ufw, 2],
    ['firewalld', netFirewall, { '/proc/40/comm': 'firewalld\n' }, 2],
  ])('come with their undo: %s', async (_, probe, files, count) => {
    const found = await commands(probe, files);
    expect(found).toHaveLength(count);
    for (let at = 0; at < found.length; at += 2) {
      expect(found[at + 1]).toBe(wayBack(found[at] ?? ''));
      expect(found[at + 1]).not.toBe(found[at]);
    }
  });
});
