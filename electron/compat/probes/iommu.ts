// iommu: can devices of the computer be given to a guest?
import { text } from '../../../shared/model/text.ts';
import { readCpuInfo } from './cpu-info.ts';
import { lookAtFolder, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/sys/kernel/iommu_groups';

export const iommu: Probe = {
  id: 'iommu',
  category: 'processor',
  title: 'host.check.iommu',
  tested: `ls ${path}`,
  affects: 'none',
  run: async (host) => {
    const look = await lookAtFolder(host, path);
    if (look.kind === 'failed') return couldNotLook(path, rawOf(path, look));
    const groups = look.kind === 'read' ? look.text.split('\n').filter((name) => name !== '') : [];
    const raw = `${path}: ${groups.length} groups`;
    if (groups.length > 0) return answer('good', text('host.sentence.iommuYes'), raw);
    const cpu = await readCpuInfo(host);
    // On AMD it is on by default: there the firmware decides.
    const keys = cpu?.virtualization === 'vmx' ? (['iommuIntel'] as const) : ([] as const);
    return answer('info', text('host.sentence.iommuNo'), raw, remediesOf(host, ...keys));
  },
};
