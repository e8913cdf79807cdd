import { describe, expect, it } from 'vitest';
import type { Network } from '../../shared/model/networks.ts';
import { fabricPortSchema, serviceSpecSchema } from '../fabric/protocol.ts';
import { machine, natNetwork, nic, vmId } from './__fixtures__/networks.ts';
import { fabricForward, fabricPort, hostnameIn, plugPath, serviceSpec } from './fabric-spec.ts';

const attachment = { kind: 'natNetwork' as const, network: 'lab' };
const first = nic(attachment);
const second = nic(attachment, { id: 'nic1', mac: '52:54:00:00:00:02' });
const web = machine(vmId(1), 'Web', [first, second]);
const twin = machine(vmId(2), 'web', [nic(attachment, { mac: '52:54:00:00:00:03' })]);
const forward: Network['forwards'][number] = {
  id: 'f1',
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort: 2222,
  to: { kind: 'nic', vm: web.id, nic: 'nic1' },
  guestPort: 22,
};

describe('what the fabric is told', () => {
  it('a socket path is short and always the same', () => {
    const path = plugPath('/run/user/1000/polyvisor', web.id, 'nic0');
    expect(path.length).toBeLessThan(60);
    expect(plugPath('/run/user/1000/polyvisor', web.id, 'nic0')).toBe(path);
    expect(plugPath('/run/user/1000/polyvisor', web.id, 'nic1')).not.toBe(path);
  });

  it('every NIC of a network has a name of its own in it', () => {
    const names = [
      hostnameIn('lab', web, first, [web, twin]),
      hostnameIn('lab', web, second, [web, twin]),
      hostnameIn('lab', twin, twin.config.nics[0] ?? first, [web, twin]),
    ];
    expect(names).toEqual(['web', 'web-nic1', 'web-2222']);
  });

  it('a port carries VLAN, cable and limit', () => {
    const vlan = { mode: 'access', tag: 10 } as const;
    const limited = nic({ ...attachment, vlan }, { bandwidthKbps: 500, isCableConnected: false });
    const endpoint = { kind: 'stream', path: '/run/x' } as const;
    const port = fabricPort(natNetwork().id, web, limited, endpoint, [web]);
    expect(fabricPortSchema.parse(port)).toMatchObject({
      vlan,
      bandwidthKbps: 500,
      isCableConnected: false,
      mac: limited.mac,
    });
  });

  it('a forward to a NIC leads to its MAC address; to one that is gone it is left out', () => {
    expect(fabricForward(forward, [web])?.to).toEqual({ mac: second.mac });
    expect(fabricForward(forward, [])).toBeUndefined();
    const network = natNetwork({ forwards: [forward] });
    const spec = serviceSpec(network, 'namespace', { qemu: '/usr/bin/q' }, []);
    expect(serviceSpecSchema.parse(spec)).toMatchObject({ way: 'namespace', forwards: [] });
  });
});
