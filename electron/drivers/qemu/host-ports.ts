// Which port forwards user-mode NAT can do, and which fail on this computer now.
import { failure } from '../../../shared/contract/errors.ts';
import type { PortForward } from '../../../shared/model/network.ts';
import { assertListenable } from '../../process/host-ports.ts';

/** Shape of a forward that the user-mode network can do. Never looks at the host. */
export const assertForwardPossible = (forward: PortForward): void => {
  if (!forward.hostAddress.includes(':')) return;
  const reason =
    'Forwards from an IPv6 address of this computer are not possible with user-mode NAT.';
  throw failure('network/bad-forward', { reason });
};

/** Rejects a forward that would fail on this host now. */
export const assertPortFree = (forward: PortForward): void => {
  assertForwardPossible(forward);
  assertListenable(forward);
};
