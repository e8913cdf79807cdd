// net.userns: may ordinary programs make user namespaces? Our own sandbox and later rootless networks need them.
import { text } from '../../../shared/model/text.ts';
import { lookAtFile, rawOf } from './look.ts';
import { couldNotLook, remediesOf, type Probe } from './probe.ts';

/** Path, the value that forbids, and what helps. Absent files forbid nothing. */
const switches = [
  ['/proc/sys/user/max_user_namespaces', '0', undefined],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'allowUserNamespaces'],
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1', 'installPackage'],
] as const;

export const netUserns: Probe = {
  id: 'net.userns',
  category: 'network',
  title: 'host.check.userns',
  tested: switches.map(([path]) => path).join(', '),
  affects: 'none',
  run: async (host) => {
    const looks = await Promise.all(
      switches.map(async ([path, forbids, key]) => {
        const look = await lookAtFile(host, path);
        return {
          path,
          look,
          key,
          isForbidden: look.kind === 'read' && look.text.trim() === forbids,
        };
      }),
    );
    const raw = looks.map(({ path, look }) => rawOf(path, look)).join('\n');
    const forbidding = looks.find((row) => row.isForbidden);
    if (forbidding) {
      return {
        verdict: 'warn',
        sentence: text('host.sentence.usernsNo', { path: forbidding.path }),
        raw,
        remedies: forbidding.key ? remediesOf(host, forbidding.key) : [],
      };
    }
    const failed = looks.find(({ look }) => look.kind === 'failed');
    if (failed) return couldNotLook(failed.path, raw);
    return { verdict: 'good', sentence: text('host.sentence.usernsYes'), raw, remedies: [] };
  },
};
