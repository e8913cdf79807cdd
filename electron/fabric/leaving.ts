// A machine's port leaves a network while the machine runs: the network's service is told that the address is free.
import type { SupervisedService } from './supervise.ts';
import { releaseFrame } from './service/dhcp-release.ts';
import { prefixLength } from './switch/frame.ts';
import type { Switch } from './switch/switch.ts';

/** Never rejects: what is not told is forgotten when the lease ends. */
export const giveAddressBack = async (
  home: Switch,
  service: SupervisedService | undefined,
  mac: string,
): Promise<void> => {
  const leases = (await service?.leases().catch(() => undefined)) ?? [];
  const lease = leases.find((row) => row.mac === mac);
  if (!service || !lease) return;
  const frame = releaseFrame(mac, lease.address, service.spec().ipv4.gateway);
  const bytes = Buffer.concat([Buffer.alloc(prefixLength), frame]);
  bytes.writeUInt32BE(frame.length);
  const nobody = { send: () => true, flush: () => undefined };
  const port = home.addPort({ isCableConnected: true, output: nobody });
  port.receive(bytes, prefixLength, bytes.length);
  port.flush();
  port.dispose();
};
