// Is libvirt installed? Its checks are of no interest where it is not. Polyvisor itself does not use it.
import { isThere } from './look.ts';
import { findProgram, type ProbeHost } from './probe.ts';

const daemons = ['/usr/sbin/libvirtd', '/usr/sbin/virtqemud', '/usr/bin/virtqemud'];

export const hasLibvirt = async (host: ProbeHost): Promise<boolean> => {
  for (const path of daemons) if (await isThere(host, path)) return true;
  return (await findProgram(host, 'virsh')) !== undefined;
};
