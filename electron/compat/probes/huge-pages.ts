// hugepages: memory in large pieces, of use to large machines only.
import { text } from '../../../shared/model/text.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const transparentPath = '/sys/kernel/mm/transparent_hugepage/enabled';
const memoryPath = '/proc/meminfo';

export const hugePages: Probe = {
  id: 'hugepages',
  category: 'memory',
  title: 'host.check.hugePages',
  tested: `${transparentPath}, ${memoryPath}`,
  affects: 'none',
  run: async (host) => {
    const [transparent, memory] = await Promise.all([
      lookAtFile(host, transparentPath),
      lookAtFile(host, memoryPath),
    ]);
    const reserved = memory.kind === 'read' ? /^HugePages_Total:\s+(\d+)/m.exec(memory.text) : null;
    const raw = `${rawOf(transparentPath, transparent)}\n${reserved?.[0] ?? 'no HugePages_Total'}`;
    if (memory.kind !== 'read') return couldNotLook(memoryPath, raw);
    const isOn = transparent.kind === 'read' && /\[(always|madvise)\]/.test(transparent.text);
    return isOn || Number(reserved?.[1] ?? 0) > 0
      ? answer('good', text('host.sentence.hugePagesYes'), raw)
      : answer('info', text('host.sentence.hugePagesNo'), raw, remediesOf(host, 'hugePages'));
  },
};
