// net.ovs: Open vSwitch can give each machine a trunk of VLANs of its own.
import { text } from '../../../shared/model/text.ts';
import { isThere } from './look.ts';
import { answer, type Probe } from './probe.ts';

const socket = '/run/openvswitch/db.sock';
const module = '/sys/module/openvswitch';

export const netOvs: Probe = {
  id: 'net.ovs',
  category: 'network',
  title: 'host.check.ovs',
  tested: `${socket}, ${module}`,
  affects: 'none',
  isApplicable: async (host) => (await isThere(host, socket)) || (await isThere(host, module)),
  run: async (host) => {
    const isRunning = await isThere(host, socket);
    return isRunning
      ? answer('good', text('host.sentence.ovsYes'), `${socket}: there`)
      : answer('info', text('host.sentence.ovsModule'), `${socket}: not there`);
  },
};
