// How a machine is reached from this computer: the address of a port forward a person can paste.
import type { PortForward } from '../../../shared/model/network.ts';
import type { Vm } from '../../../shared/model/vm.ts';

/** ssh for the guest's port 22, a URL for 80 and 443, host:port else. */
export const forwardAddress = (forward: PortForward): string => {
  const isAny = ['', '0.0.0.0', '::'].includes(forward.hostAddress);
  const host = isAny ? '127.0.0.1' : forward.hostAddress;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  if (forward.protocol === 'tcp') {
    if (forward.guestPort === 22) return `ssh -p ${forward.hostPort} ${host}`;
    if (forward.guestPort === 80) return `http://${bracketed}:${forward.hostPort}/`;
    if (forward.guestPort === 443) return `https://${bracketed}:${forward.hostPort}/`;
  }
  return `${bracketed}:${forward.hostPort}`;
};

/** The most useful one: ssh first, then whatever comes first. `undefined` = no forward. */
export const vmAddress = (vm: Vm | undefined): string | undefined => {
  const forwards = (vm?.definition.config.nics ?? []).flatMap((nic) =>
    nic.attachment.kind === 'nat' ? nic.attachment.forwards : [],
  );
  const best = forwards.find((forward) => forward.guestPort === 22) ?? forwards[0];
  return best && forwardAddress(best);
};
