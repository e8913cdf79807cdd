// Is this user in a group: now, after the next login, or not at all?
import { lookAtFile, rawOf } from './look.ts';
import type { ProbeHost } from './probe.ts';

export interface GroupLook {
  /** `afterLogin`: the user was added since logging in, so it does not count yet. */
  readonly standing: 'member' | 'afterLogin' | 'stranger' | 'noSuchGroup' | 'unreadable';
  readonly raw: string;
}

const path = '/etc/group';

/** Sample line: `vboxusers:x:125:anna,ben`. */
export const groupOf = async (
  host: Pick<ProbeHost, 'root' | 'user'>,
  group: string,
): Promise<GroupLook> => {
  const look = await lookAtFile(host, path);
  if (look.kind !== 'read') return { standing: 'unreadable', raw: rawOf(path, look) };
  const row = look.text.split('\n').find((line) => line.startsWith(`${group}:`));
  if (row === undefined) return { standing: 'noSuchGroup', raw: `no group ${group} in ${path}` };
  const [, , gid, members = ''] = row.split(':');
  const { uid, name, groups } = host.user;
  const raw = `${row}; this user: ${name || uid}, groups ${groups.join(' ') || 'none'}`;
  if (uid === 0 || groups.includes(Number(gid))) return { standing: 'member', raw };
  return { standing: members.split(',').includes(name) ? 'afterLogin' : 'stranger', raw };
};
