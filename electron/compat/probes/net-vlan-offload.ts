// net.vlan.off: does the network card remove VLAN tags before a guest sees them?
// Sources: https://github.com/luigirizzo/netmap/issues/259; https://github.com/Juniper/vqfx10k-vagrant/issues/9
import { AppFailure } from '../../../shared/contract/errors.ts';
import { text } from '../../../shared/model/text.ts';
import { defaultInterface, netInterfaces } from './net-interfaces.ts';
import {
  answer,
  couldNotLook,
  findProgram,
  remediesOf,
  type Probe,
  type ProbeHost,
} from './probe.ts';

/** The wired card that leads to the internet, directly or inside a bridge. */
const card = async (host: ProbeHost): Promise<string | undefined> => {
  const [name, all] = await Promise.all([defaultInterface(host), netInterfaces(host)]);
  const uplink = all?.find((row) => row.name === name);
  const ports = uplink?.isBridge ? uplink.ports : [name];
  return all?.find((row) => row.isPhysical && !row.isWireless && ports.includes(row.name))?.name;
};

export const netVlanOffload: Probe = {
  id: 'net.vlan.off',
  category: 'network',
  title: 'host.check.vlanOffload',
  tested: 'ethtool -k CARD | grep rx-vlan-offload',
  affects: 'none',
  startsProgram: true,
  isApplicable: async (host) =>
    (await card(host)) !== undefined && (await findProgram(host, 'ethtool')) !== undefined,
  run: async (host) => {
    const name = (await card(host)) ?? '';
    const { env, signal } = host;
    const tool = (await findProgram(host, 'ethtool')) ?? 'ethtool';
    try {
      const { stdout } = await host.exec(tool, ['-k', name], { timeoutMs: 5000, env, signal });
      const row = /^rx-vlan-offload: (on|off).*$/m.exec(stdout);
      if (!row) return couldNotLook(`${name}`, stdout.slice(0, 2048) || 'no answer');
      const raw = `${name}: ${row[0]}`;
      return row[1] === 'on'
        ? answer(
            'info',
            text('host.sentence.vlanOffloadOn', { name }),
            raw,
            remediesOf(host, 'vlanOffload'),
          )
        : answer('good', text('host.sentence.vlanOffloadOff', { name }), raw);
    } catch (error) {
      const said = error instanceof AppFailure ? error.error.command?.stderrTail : undefined;
      return couldNotLook(name, said || String(error));
    }
  },
};
