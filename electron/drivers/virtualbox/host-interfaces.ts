// Before a start on a hidden display: VirtualBoxVM asks about an interface of the host that is gone in a dialog nobody
// sees, before it logs anything. So it is looked for first, and told as VirtualBox's other programs tell it.
import { valueOf, type VmInfo } from './parse-vminfo.ts';
import { judgeStart, type StartProblem } from './start-errors.ts';
import type { VBoxManage } from './vboxmanage.ts';

/** Kinds of attachment that name an interface: where showvminfo tells it, and which list has those there are. */
const kinds = {
  bridged: { key: 'bridgeadapter', list: 'bridgedifs' },
  hostonly: { key: 'hostonlyadapter', list: 'hostonlyifs' },
} as const;

interface WantedInterface {
  readonly list: (typeof kinds)[keyof typeof kinds]['list'];
  readonly name: string;
}

export const wantedInterfaces = (info: Pick<VmInfo, 'pairs'>): readonly WantedInterface[] =>
  info.pairs.flatMap(({ key, value }) => {
    const number = /^nic(\d)$/.exec(key)?.[1];
    const kind = number !== undefined && value in kinds ? kinds[value as keyof typeof kinds] : null;
    const name = kind && valueOf(info.pairs, `${kind.key}${number}`);
    return kind && name ? [{ list: kind.list, name }] : [];
  });

/** `list bridgedifs`, `list hostonlyifs`: blocks of lines, of which `Name:` is wanted. */
export const parseInterfaces = (list: string): readonly string[] =>
  [...list.matchAll(/^Name: +(.+)$/gm)].map(([, name = '']) => name.trim());

/** The problem that a start of this machine would end in; `undefined`: every interface it names is there. */
export const missingInterface = async (
  manage: VBoxManage,
  info: Pick<VmInfo, 'pairs'>,
): Promise<StartProblem | undefined> => {
  for (const { list, name } of wantedInterfaces(info)) {
    if (parseInterfaces(await manage.read(['list', list])).includes(name)) continue;
    const message = `Nonexistent host networking interface, name '${name}'`;
    return judgeStart('VERR_INTERNAL_ERROR', message);
  }
  return undefined;
};
