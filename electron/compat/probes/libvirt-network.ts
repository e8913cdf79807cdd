// lv.net: does libvirt's usual network 192.168.122.0/24 collide with a network this computer is in?
import { text } from '../../../shared/model/text.ts';
import { hasLibvirt } from './libvirt.ts';
import { routes } from './net-interfaces.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

/** 192.168.122.0, lowest byte first. */
const usual = '007AA8C0';

export const libvirtNetwork: Probe = {
  id: 'lv.net',
  category: 'network',
  title: 'host.check.libvirtNet',
  tested: '/proc/net/route',
  affects: 'none',
  isApplicable: hasLibvirt,
  run: async (host) => {
    const found = await routes(host);
    if (!found) return couldNotLook('/proc/net/route', 'could not be read');
    const raw =
      found.map((row) => `${row.name} ${row.destination}/${row.mask}`).join('\n') || 'none';
    const taken = found.find((row) => row.destination === usual && !row.name.startsWith('virbr'));
    return taken
      ? answer(
          'info',
          text('host.sentence.libvirtNetNo', { name: taken.name }),
          raw,
          remediesOf(host, 'moveLibvirtNet'),
        )
      : answer('good', text('host.sentence.libvirtNetYes'), raw);
  },
};
