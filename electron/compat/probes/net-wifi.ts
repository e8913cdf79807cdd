// net.wifi: a wireless card cannot be put into a bridge, since its frames carry three addresses only.
import { text } from '../../../shared/model/text.ts';
import { defaultInterface, describeInterface, netInterfaces } from './net-interfaces.ts';
import { answer, couldNotLook, type Probe, type ProbeHost } from './probe.ts';

const uplink = async (host: ProbeHost) => {
  const name = await defaultInterface(host);
  return (await netInterfaces(host))?.find((row) => row.name === name);
};

export const netWifi: Probe = {
  id: 'net.wifi',
  category: 'network',
  title: 'host.check.netWifi',
  tested: '/proc/net/route, /sys/class/net/*/phy80211',
  affects: 'none',
  isApplicable: async (host) => (await netInterfaces(host))?.some((row) => row.isWireless) === true,
  run: async (host) => {
    const found = await uplink(host);
    if (!found) return couldNotLook('The way to the internet', 'no default route');
    return found.isWireless
      ? answer(
          'info',
          text('host.sentence.netWifiYes', { name: found.name }),
          describeInterface(found),
        )
      : answer(
          'good',
          text('host.sentence.netWifiNo', { name: found.name }),
          describeInterface(found),
        );
  },
};
