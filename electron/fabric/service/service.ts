// The service end of a NAT network: one function that starts it either way. Who gives out addresses, answers names and
// leads out is namespace.ts (a user and network namespace) or gateway.ts (a QEMU without devices).
import type { NetworkId } from '../../../shared/model/networks.ts';
import type { NetworkService, ServicePort, ServiceSpec } from '../protocol.ts';
import type { ServiceDeps } from './service-deps.ts';
import { startGateway } from './gateway.ts';
import { startNamespace } from './namespace.ts';

/**
 * Resolves when DHCP is answered. Rejects with `network/service-missing`, `network/namespace-denied` or
 * `network/service-failed`; nothing of it is left then: no process, no socket, no file.
 */
export const startService = (
  spec: ServiceSpec,
  id: NetworkId,
  port: ServicePort,
  deps: ServiceDeps,
): Promise<NetworkService> =>
  spec.way === 'namespace'
    ? startNamespace(spec, id, port, deps)
    : startGateway(spec, id, port, deps);
