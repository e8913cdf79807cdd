// VirtualBox's list of media: what a machine brought into it and nobody else uses is taken out again with it.
import { parseBlocks } from '../parse-list.ts';
import type { VBoxManage } from '../vboxmanage.ts';

const lists = ['hdds', 'dvds', 'floppies'] as const;
const kinds = ['disk', 'dvd', 'floppy'] as const;

/** Paths VirtualBox knows. */
export const knownMedia = async (manage: VBoxManage): Promise<ReadonlySet<string>> => {
  const paths: string[] = [];
  // One after the other: calls at once that find no server running each start one, and some of them fail.
  for (const list of lists) {
    const blocks = parseBlocks(await manage.read(['list', list]));
    paths.push(...blocks.map((block) => block['Location'] ?? ''));
  }
  return new Set(paths.filter((path) => path !== ''));
};

/** The file stays. That somebody uses the medium, or that it is not known, is no error. */
export const forgetMedium = async (manage: VBoxManage, path: string): Promise<void> => {
  for (const kind of kinds) {
    await manage.change(['closemedium', kind, path]).catch(() => undefined);
  }
};
