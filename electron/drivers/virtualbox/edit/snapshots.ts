// Snapshots of a machine, from its settings file: VBoxManage's list has no times, and in its names and descriptions
// neither quotes nor line breaks can be told from its own. The list is the fallback, for encrypted settings.
import { readFile } from 'node:fs/promises';
import { isFailure } from '../../../../shared/contract/errors.ts';
import { toEpochMs, type VmId } from '../../../../shared/model/brand.ts';
import type { Snapshot } from '../../../../shared/model/snapshot.ts';
import type { SnapshotFacet } from '../../types.ts';
import type { MachineContext } from '../machine-context.ts';
import { unescapeXml } from '../soap.ts';
import { settingsFileOf } from './settings-file.ts';

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : unescapeXml(value);
};

const idOf = (braced: string | undefined): string | undefined =>
  braced?.replace(/[{}]/g, '').toLowerCase();

/** Children follow their parent. `undefined`: this is no settings file that can be read. */
export const parseSnapshotXml = (xml: string): readonly Snapshot[] | undefined => {
  const machine = /<Machine\s[^>]*>/.exec(xml)?.[0];
  if (machine === undefined || !xml.includes('</VirtualBox>')) return undefined;
  const current = idOf(attribute(machine, 'currentSnapshot'));
  const found: Snapshot[] = [];
  const open: string[] = [];
  // Its own description stands before its hardware, which may have descriptions of other things.
  const tags = /<Snapshot\s[^>]*>(?:\s*<Description>([^<]*)<\/Description>)?|<\/Snapshot>/g;
  for (const [whole, description = ''] of xml.matchAll(tags)) {
    if (whole === '</Snapshot>') {
      open.pop();
      continue;
    }
    const tag = /^<[^>]*>/.exec(whole)?.[0] ?? '';
    const id = idOf(attribute(tag, 'uuid')) ?? '';
    const at = Date.parse(attribute(tag, 'timeStamp') ?? '');
    const parent = open.at(-1);
    found.push({
      id,
      name: attribute(tag, 'name') ?? '',
      description: unescapeXml(description),
      ...(Number.isNaN(at) ? {} : { takenAt: toEpochMs(at) }),
      ...(parent === undefined ? {} : { parent }),
      isCurrent: id === current,
      hasMemory: attribute(tag, 'stateFile') !== undefined,
    });
    if (!tag.endsWith('/>')) open.push(id);
  }
  return found;
};

/**
 * `SnapshotName="..."`, then `SnapshotUUID`, then perhaps `SnapshotDescription`; children have `-1`, theirs `-1-1`.
 * Nothing in the values is escaped, so the next key ends them.
 */
export const parseSnapshotList = (text: string): readonly Snapshot[] => {
  const rows = [
    ...text.matchAll(
      /(?:^|\n)SnapshotName((?:-\d+)*)="([\s\S]*?)"\nSnapshotUUID\1="([0-9a-f-]{36})"(?:\nSnapshotDescription\1="([\s\S]*?)"(?=\n(?:Current)?SnapshotName[-=]|\s*$))?/g,
    ),
  ];
  const current = /\nCurrentSnapshotUUID="([0-9a-f-]{36})"/.exec(text)?.[1];
  const idByPlace = new Map(rows.map(([, place = '', , id = '']) => [place, id]));
  return rows.map(([, place = '', name = '', id = '', description = '']) => {
    const parent = place === '' ? undefined : idByPlace.get(place.replace(/-\d+$/, ''));
    return {
      id,
      name,
      description,
      ...(parent === undefined ? {} : { parent }),
      isCurrent: id === current,
      hasMemory: false,
    };
  });
};

const listed = async (
  { manage }: Pick<MachineContext, 'manage'>,
  vm: VmId,
): Promise<readonly Snapshot[]> => {
  try {
    return parseSnapshotList(await manage.read(['snapshot', vm, 'list', '--machinereadable']));
  } catch (error) {
    // Said on stdout, with exit code 1: "This machine does not have any snapshots".
    if (isFailure(error, 'process/failed')) return [];
    throw error;
  }
};

type SnapshotDeps = Pick<MachineContext, 'manage' | 'ctx'>;

export const createSnapshots = (deps: SnapshotDeps): SnapshotFacet => ({
  list: async (vm) => {
    const path = await settingsFileOf(deps, vm);
    const xml = await readFile(path, 'utf8').catch(() => '');
    return parseSnapshotXml(xml) ?? listed(deps, vm);
  },
});
