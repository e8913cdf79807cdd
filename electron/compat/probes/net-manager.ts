// net.mgr: who manages the network of this computer; recipes for bridges differ by it.
import { text } from '../../../shared/model/text.ts';
import { isThere, lookAtFolder } from './look.ts';
import { answer, couldNotLook, type Probe, type ProbeHost } from './probe.ts';

/** Run-time folders: there only while the manager runs. */
const managers = [
  ['NetworkManager', '/run/NetworkManager/devices'],
  ['systemd-networkd', '/run/systemd/netif/links'],
  ['ifupdown', '/run/network/ifstate'],
  ['wicked', '/run/wicked'],
  ['ConnMan', '/run/connman'],
] as const;

const running = async (host: ProbeHost): Promise<readonly string[]> => {
  const there = await Promise.all(managers.map(([, path]) => isThere(host, path)));
  return managers.filter((_, index) => there[index]).map(([name]) => name);
};

export const netManager: Probe = {
  id: 'net.mgr',
  category: 'network',
  title: 'host.check.netManager',
  tested: managers.map(([, path]) => path).join(', '),
  affects: 'none',
  run: async (host) => {
    const names = await running(host);
    const netplan = await lookAtFolder(host, '/etc/netplan');
    const plans =
      netplan.kind === 'read'
        ? netplan.text.split('\n').filter((name) => name.endsWith('.yaml'))
        : [];
    const raw = [
      `running: ${names.join(', ') || 'none of those known'}`,
      `/etc/netplan: ${plans.join(' ') || netplan.kind}`,
    ].join('\n');
    if (names.length === 0) return couldNotLook('The network’s manager', raw);
    const key =
      names.length > 1
        ? 'host.sentence.netManagers'
        : plans.length > 0
          ? 'host.sentence.netManagerPlan'
          : 'host.sentence.netManager';
    return answer('info', text(key, { names: names.join(', ') }), raw);
  },
};
