// Runs checks on folders that stand for hosts, for table tests: what a check says, or that it is not shown.
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { toEngineId } from '../../../shared/model/brand.ts';
import type { DriverInfo } from '../../../shared/model/driver.ts';
import { text } from '../../../shared/model/text.ts';
import { formatText } from '../../../shared/i18n/format.ts';
import { allProbes } from '../probes/all.ts';
import type { ProbeHost, ProbeResult } from '../probes/probe.ts';
import { hostFolder, probeHost } from './host-folder.ts';
import { capabilities, virtualBoxId } from './world.ts';

export const library = '/usr/lib/virtualbox';
const machine = `${library}/VirtualBoxVM`;

/** VirtualBox with an engine in the kernel, as found on a host. */
export const ownDriver: DriverInfo = {
  id: virtualBoxId,
  title: 'VirtualBox',
  engines: (['vboxdrv', 'kvm'] as const).map((id) => ({
    id: toEngineId(id),
    speed: 'native',
    accelerator: id,
    title: `VirtualBox on ${id}`,
    shortTitle: id,
    mark: 'box',
    isAutomatic: true,
  })),
  probe: { kind: 'found', version: '7.2.14', paths: { library, machine } },
  capabilities,
};
export const withDriver = (more: Partial<DriverInfo> = {}): Partial<ProbeHost> => ({
  drivers: () => [{ ...ownDriver, ...more }],
});
export const withoutKvm = withDriver({
  capabilities: {
    ...capabilities,
    absentEngines: [
      { engine: toEngineId('kvm'), reason: text('virtualbox.start.kvmNotInBuild') },
    ],
  },
});

export interface HostShape {
  /** Absolute path → content. A path ending in `/x` makes its folder unreadable as a file. */
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly modes?: Readonly<Record<string, number>>;
}

export type ProbeCase = readonly [
  id: string,
  label: string,
  shape: HostShape,
  more: Partial<ProbeHost>,
  verdict: ProbeResult['verdict'] | 'hidden',
  sentence?: string,
];

/** For `it.each`: id and label in the name, the whole row to ask with. */
export const titled = (
  cases: readonly ProbeCase[],
): readonly (readonly [string, string, ProbeCase])[] => cases.map((row) => [row[0], row[1], row]);

/** The answer of one check; `undefined` = it does not apply. The folder is removed by `undo`. */
export const ask = async (
  id: string,
  shape: HostShape,
  more: Partial<ProbeHost>,
  undo: (() => void)[],
): Promise<ProbeResult | undefined> => {
  const folder = hostFolder(shape.files ?? {});
  undo.push(folder.remove);
  for (const [path, target] of Object.entries(shape.links ?? {})) {
    mkdirSync(dirname(join(folder.root, path)), { recursive: true });
    symlinkSync(target, join(folder.root, path));
  }
  for (const [path, mode] of Object.entries(shape.modes ?? {})) {
    chmodSync(join(folder.root, path), mode);
  }
  const probe = allProbes.find((each) => each.id === id)!;
  const host = probeHost(folder.root, more);
  if ((await probe.isApplicable?.(host)) === false) return undefined;
  return probe.run(host);
};

export const expectCase = async (
  [id, , shape, more, verdict, sentence]: ProbeCase,
  undo: (() => void)[],
): Promise<void> => {
  const found = await ask(id, shape, more, undo);
  expect(found?.verdict ?? 'hidden').toBe(verdict);
  if (!found) return;
  const { key } = found.sentence;
  expect(key).toBe(verdict === 'unknown' ? 'host.sentence.couldNotLook' : `host.sentence.${sentence}`);
  expect(formatText(found.sentence)).toMatch(/\S.*\.$/);
  expect(formatText(found.sentence)).not.toMatch(/[{}]/);
  expect(found.raw).not.toBe('');
  for (const { label } of found.remedies) expect(formatText(label)).toMatch(/\.$/);
};
