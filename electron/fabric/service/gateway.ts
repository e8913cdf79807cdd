// The way `gateway` of a NAT network's service end: a QEMU without devices that leads out through slirp.
import { failure } from '../../../shared/contract/errors.ts';
import type { NetworkId } from '../../../shared/model/networks.ts';
import type { NetworkService, ServicePort, ServiceSpec } from '../protocol.ts';
import type { ServiceDeps } from './service.ts';

export const startGateway = (
  _spec: ServiceSpec,
  id: NetworkId,
  _port: ServicePort,
  _deps: ServiceDeps,
): Promise<NetworkService> =>
  Promise.reject(failure('network/service-failed', { name: id, reason: 'not built yet' }));
