// net.helper: QEMU's own helper that plugs machines into a bridge: set-uid, and allowed to by its list.
// Source: https://wiki.qemu.org/Features/HelperNetworking
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from '../../../shared/model/text.ts';
import { isThere, lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const places = ['/usr/lib/qemu', '/usr/libexec', '/usr/lib'].map(
  (folder) => `${folder}/qemu-bridge-helper`,
);
const listPath = '/etc/qemu/bridge.conf';

const helper = async (host: ProbeHost): Promise<string | undefined> => {
  for (const path of places) if (await isThere(host, path)) return path;
  return undefined;
};

export const netHelper: Probe = {
  id: 'net.helper',
  category: 'network',
  title: 'host.check.netHelper',
  tested: `qemu-bridge-helper, ${listPath}`,
  affects: 'none',
  isApplicable: async (host) => (await helper(host)) !== undefined,
  run: async (host) => {
    const path = (await helper(host)) ?? '';
    const list = await lookAtFile(host, listPath);
    const { mode } = await stat(join(host.root, path));
    const raw = `${path}: mode ${(mode & 0o7777).toString(8)}\n${rawOf(listPath, list)}`;
    const isSetUid = (mode & 0o4000) !== 0;
    if (!isSetUid)
      return answer(
        'info',
        text('host.sentence.netHelperNo'),
        raw,
        remediesOf(host, 'bridgeHelper'),
      );
    if (list.kind === 'failed') return couldNotLook(listPath, raw);
    const isAllowed = list.kind === 'read' && /^\s*allow\s+\S+/m.test(list.text);
    return isAllowed
      ? answer('good', text('host.sentence.netHelperYes'), raw)
      : answer('info', text('host.sentence.netHelperList'), raw, remediesOf(host, 'bridgeList'));
  },
};
