// Gathers the facts of the host that features and engines are judged against. Reads files only.
import { availableParallelism } from 'node:os';
import { text } from '../../shared/model/text.ts';
import { known, unknownFact, type HostFacts } from './host-facts.ts';
import { readDistribution } from './host-summary.ts';
import { readCpuInfo } from './probes/cpu-info.ts';
import { absentKvmRemedy } from './probes/kvm-dev.ts';
import { isParavirtualKvm } from './probes/kvm-mod.ts';
import { memoryFacts } from './probes/mem-avail.ts';
import { ipv6Fact } from './probes/net-ipv6.ts';
import { lowestPortFact } from './probes/net-ports.ts';
import { lookAtFolder } from './probes/look.ts';
import type { RemedyKey } from './remedies.ts';
import { lookAtVboxdrv, type VboxdrvLook } from './vboxdrv/look.ts';

export interface Gathered {
  /** All but VirtualBox's driver, which is judged with the installed version. */
  readonly facts: Omit<HostFacts, 'vboxdrv'>;
  readonly isParavirtualKvm: boolean;
  readonly absentKvmRemedy: RemedyKey;
  readonly hasXsave: boolean | undefined;
  readonly vboxdrv: VboxdrvLook | undefined;
}

const hasKvmSmm = (modules: readonly string[] | undefined, isParavirtual: boolean) => {
  // KVM on a processor's own module has system management mode; the paravirtual one was seen without.
  if (modules?.includes('kvm_intel') || modules?.includes('kvm_amd')) return known(true);
  return isParavirtual
    ? known(false)
    : unknownFact(text('decision.unknown.unreadable', { path: '/sys/module' }));
};

export const gather = async (
  root: string,
  /** Where VirtualBox's driver is looked for; absent = no driver stands on it. */
  vboxdrvDevice: string | undefined,
): Promise<Gathered> => {
  const host = { root };
  const [distribution, memory, lowestPort, hasIpv6, modules, isParavirtual, absent, cpu, vboxdrv] =
    await Promise.all([
      readDistribution(host),
      memoryFacts(host),
      lowestPortFact(host),
      ipv6Fact(host),
      lookAtFolder(host, '/sys/module'),
      isParavirtualKvm(host),
      absentKvmRemedy(host),
      readCpuInfo(host),
      vboxdrvDevice === undefined ? undefined : lookAtVboxdrv(host, vboxdrvDevice),
    ]);
  const names = modules.kind === 'read' ? modules.text.split('\n') : undefined;
  return {
    facts: {
      distribution: distribution.family,
      cpus: known(availableParallelism()),
      ...memory,
      lowestPort,
      hasIpv6,
      hasKvmSmm: hasKvmSmm(names, isParavirtual),
    },
    isParavirtualKvm: isParavirtual,
    absentKvmRemedy: absent,
    hasXsave: cpu?.flags.has('xsave'),
    vboxdrv,
  };
};
