// What this computer is, in one row: for the Host page, first run and reports.
import { availableParallelism, hostname, release } from 'node:os';
import type { HostSummary } from '../../shared/state/app-state.ts';
import type { DistributionFamily } from './host-facts.ts';
import { freeBytes } from './probes/disk-free.ts';
import { memoryFacts } from './probes/mem-avail.ts';
import { lookAtFile } from './probes/look.ts';
import type { ProbeHost } from './probes/probe.ts';

export interface Distribution {
  readonly name: string;
  readonly family: DistributionFamily;
}

/** ID and ID_LIKE words of os-release that name a family of package names. */
const familyWords: readonly (readonly [DistributionFamily, readonly string[]])[] = [
  ['debian', ['debian', 'ubuntu']],
  ['fedora', ['fedora', 'rhel', 'centos']],
  ['arch', ['arch', 'archlinux']],
  ['suse', ['suse', 'opensuse', 'sles', 'opensuse-leap', 'opensuse-tumbleweed']],
];

/** os-release(5): `ID=debian`, `ID_LIKE="rhel fedora"`, `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`. */
export const parseOsRelease = (content: string): Distribution => {
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}=["']?(.*?)["']?$`, 'm').exec(content)?.[1];
  const words = `${value('ID') ?? ''} ${value('ID_LIKE') ?? ''}`.toLowerCase().split(/\s+/);
  const family = familyWords.find(([, names]) => names.some((name) => words.includes(name)))?.[0];
  return { name: value('PRETTY_NAME') ?? value('ID') ?? 'Linux', family: family ?? 'other' };
};

export const readDistribution = async (host: Pick<ProbeHost, 'root'>): Promise<Distribution> => {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const look = await lookAtFile(host, path);
    if (look.kind === 'read') return parseOsRelease(look.text);
  }
  return { name: 'Linux', family: 'other' };
};

export const hostSummary = async (
  host: Pick<ProbeHost, 'root' | 'dataDir'>,
): Promise<HostSummary> => {
  const [distribution, memory, free] = await Promise.all([
    readDistribution(host),
    memoryFacts(host),
    freeBytes(host.dataDir).catch(() => 0),
  ]);
  return {
    hostname: hostname(),
    cpus: availableParallelism(),
    memoryMiB: memory.memoryMiB.kind === 'known' ? memory.memoryMiB.value : 0,
    distribution: distribution.name,
    kernel: release(),
    freeBytes: free,
    dataDir: host.dataDir,
  };
};
