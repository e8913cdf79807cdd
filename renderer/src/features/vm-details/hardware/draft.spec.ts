import { describe, expect, it } from 'vitest';
import { toEpochMs, toMiB, toVmId, type DriverId } from '../../../../../shared/model/brand.ts';
import type { PortForward } from '../../../../../shared/model/network.ts';
import type { VmDefinition } from '../../../../../shared/model/vm.ts';
import { forwardProblem } from '../../../model/forwards.ts';
import {
  change,
  effectiveConfig,
  freeId,
  hardwareProblems,
  hasProblem,
  isChanged,
  moved,
  noChange,
  randomMac,
} from './draft.ts';

const forward: PortForward = {
  id: 'f1',
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort: 2222,
  guestPort: 22,
};
const definition: VmDefinition = {
  version: 1,
  id: toVmId('00000000-0000-4000-8000-000000000001'),
  name: 'a',
  driver: 'qemu' as DriverId,
  family: 'linux',
  createdAt: toEpochMs(0),
  config: {
    vcpus: 2,
    memory: toMiB(1024),
    firmware: { kind: 'bios' },
    chipset: 'q35',
    machineType: 'pc-q35-7.2',
    cpuModel: 'default',
    disks: [],
    cdDrives: [{ id: 'cd0' }],
    bootOrder: ['disk'],
    display: 'std',
    nics: [
      {
        id: 'nic0',
        model: 'e1000',
        mac: '52:54:00:00:00:01',
        isCableConnected: true,
        attachment: { kind: 'nat', ipv6: true, forwards: [forward] },
      },
    ],
    hasSerialPort: true,
    rtcBase: 'utc',
    hasUsbTablet: true,
    hasGuestAgent: false,
  },
};

describe('hardware draft', () => {
  it('changing a value back is no change', () => {
    const changed = change(definition, noChange, { vcpus: 4 });
    expect(isChanged(changed)).toBe(true);
    expect(isChanged(change(definition, changed, { vcpus: 2 }))).toBe(false);
  });

  it('keeps a live change made to a part the draft did not touch', () => {
    const draft = change(definition, noChange, { vcpus: 4 });
    const nics = definition.config.nics.map((nic) => ({ ...nic, isCableConnected: false }));
    const now = { ...definition, config: { ...definition.config, nics } };
    expect(effectiveConfig(now, draft).nics[0]?.isCableConnected).toBe(false);
    expect(effectiveConfig(now, draft).vcpus).toBe(4);
  });

  it('gives the first free id', () => {
    expect(freeId('nic', [{ id: 'nic0' }, { id: 'nic2' }])).toBe('nic1');
  });

  it('moves a row and stays inside the list', () => {
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
  });

  it('makes valid addresses', () => {
    expect(randomMac(() => 0.999)).toBe('52:54:00:ff:ff:ff');
  });
});

describe('hardware problems', () => {
  const limits = { maxVcpus: 8, hostMemoryMiB: 2048 };
  const judge = (part: object) => hardwareProblems({ ...definition.config, ...part }, limits);

  it('finds none in a sane machine', () => {
    expect(hasProblem(judge({}))).toBe(false);
  });
  it.each([0, 9, 1.5, Number.NaN])('refuses %s processors', (vcpus) => {
    expect(judge({ vcpus }).vcpus).toBe(true);
  });
  it('refuses memory above the host and below sense', () => {
    expect(judge({ memory: 4096 }).memory).toBe('aboveHost');
    expect(judge({ memory: 0 }).memory).toBe('tooSmall');
  });
  it('finds wrong and double addresses', () => {
    const [nic] = definition.config.nics;
    expect(judge({ nics: [{ ...nic, mac: 'xx' }] }).macs).toEqual(['nic0']);
    expect(judge({ nics: [nic, { ...nic, id: 'nic1' }] }).macs).toEqual(['nic1']);
  });
});

describe('forward problems', () => {
  const draft = { protocol: 'tcp', hostAddress: '', hostPort: 8080, guestPort: 80 } as const;
  it('accepts a free port', () => {
    expect(forwardProblem(draft, [forward])).toBeUndefined();
  });
  it.each([
    ['hostPort', { hostPort: 0 }],
    ['hostPort', { hostPort: Number.NaN }],
    ['guestPort', { guestPort: 70_000 }],
    ['address', { hostAddress: 'localhost' }],
    ['privileged', { hostPort: 80 }],
    ['taken', { hostPort: 2222 }],
  ] as const)('says %s for %o', (problem, part) => {
    expect(forwardProblem({ ...draft, ...part }, [forward])).toBe(problem);
  });
  it('another protocol on the same port is free', () => {
    expect(forwardProblem({ ...draft, protocol: 'udp', hostPort: 2222 }, [forward])).toBe(
      undefined,
    );
  });
});
