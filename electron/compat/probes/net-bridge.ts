// net.bridge: is there a bridge with a network card in it, for machines that shall be in the same network as this one?
import { text } from '../../../shared/model/text.ts';
import { describeInterface, netInterfaces } from './net-interfaces.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

export const netBridge: Probe = {
  id: 'net.bridge',
  category: 'network',
  title: 'host.check.netBridge',
  tested: '/sys/class/net/*/bridge, /sys/class/net/*/brif',
  affects: 'none',
  run: async (host) => {
    const found = await netInterfaces(host);
    if (!found) return couldNotLook('/sys/class/net', 'could not be read');
    const raw = found.map(describeInterface).join('\n') || 'no interfaces';
    const cards = new Set(found.filter((row) => row.isPhysical).map((row) => row.name));
    const uplink = found.find((row) => row.isBridge && row.ports.some((port) => cards.has(port)));
    return uplink
      ? answer('good', text('host.sentence.netBridgeYes', { name: uplink.name }), raw)
      : answer('info', text('host.sentence.netBridgeNo'), raw, remediesOf(host, 'makeBridge'));
  },
};
