// The way `namespace` of a NAT network's service end: an unprivileged user and network namespace with dnsmasq, nftables
// and slirp4netns in it.
import { failure } from '../../../shared/contract/errors.ts';
import type { NetworkId } from '../../../shared/model/networks.ts';
import type { NetworkService, ServicePort, ServiceSpec } from '../protocol.ts';
import type { ServiceDeps } from './service.ts';

export const startNamespace = (
  _spec: ServiceSpec,
  id: NetworkId,
  _port: ServicePort,
  _deps: ServiceDeps,
): Promise<NetworkService> =>
  Promise.reject(failure('network/service-failed', { name: id, reason: 'not built yet' }));
