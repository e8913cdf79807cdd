// UEFI firmware as the distribution describes it: JSON descriptors, never hard-coded paths.
// Source: QEMU docs/interop/firmware.json. Folders in order of precedence, files in order of their names.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const fileSchema = z.looseObject({ filename: z.string(), format: z.string().optional() });
const descriptorSchema = z.looseObject({
  'interface-types': z.array(z.string()),
  mapping: z.looseObject({
    device: z.string(),
    executable: fileSchema.optional(),
    'nvram-template': fileSchema.optional(),
  }),
  targets: z.array(z.looseObject({ architecture: z.string(), machines: z.array(z.string()) })),
  features: z.array(z.string()),
});
type Descriptor = z.infer<typeof descriptorSchema>;

export interface UefiFirmware {
  readonly code: string;
  readonly codeFormat: string;
  readonly varsTemplate: string;
  readonly varsFormat: string;
  readonly isSecureBoot: boolean;
  readonly needsSmm: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

const folders = (env: Env): readonly string[] => [
  join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/nonexistent', '.config'), 'qemu/firmware'),
  '/etc/qemu/firmware',
  '/usr/share/qemu/firmware',
];

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
};

/** A name in an earlier folder hides the same name in later ones; an empty file there switches it off. */
const readDescriptors = (env: Env): readonly Descriptor[] => {
  const byName = new Map<string, string>();
  for (const folder of folders(env)) {
    for (const name of filesIn(folder)) {
      if (!byName.has(name)) byName.set(name, join(folder, name));
    }
  }
  return [...byName.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, path]) => {
      try {
        if (statSync(path).size === 0) return [];
        const parsed = descriptorSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
        return parsed.success ? [parsed.data] : [];
      } catch {
        return [];
      }
    });
};

/** `machines` are patterns such as `pc-q35-*`. */
const fits = (descriptor: Descriptor, machineType: string): boolean =>
  descriptor.targets.some(
    (target) =>
      target.architecture === 'x86_64' &&
      target.machines.some((pattern) => {
        const expression = pattern
          .split('*')
          .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
        return new RegExp(`^${expression.join('.*')}$`).test(machineType);
      }),
  );

export const toFirmware = (descriptor: Descriptor): UefiFirmware | undefined => {
  const { mapping, features } = descriptor;
  const { executable, 'nvram-template': vars } = mapping;
  if (mapping.device !== 'flash' || !executable || !vars) return undefined;
  if (!descriptor['interface-types'].includes('uefi')) return undefined;
  return {
    code: executable.filename,
    codeFormat: executable.format ?? 'raw',
    varsTemplate: vars.filename,
    varsFormat: vars.format ?? 'raw',
    // Without enrolled keys Secure Boot is only possible, not on.
    isSecureBoot: features.includes('secure-boot') && features.includes('enrolled-keys'),
    needsSmm: features.includes('requires-smm'),
  };
};

/** The first firmware for the machine type with (or without) Secure Boot; `undefined` = none installed. */
export const findUefi = (
  env: Env,
  machineType: string,
  isSecureBoot: boolean,
): UefiFirmware | undefined => {
  const found = readDescriptors(env)
    .filter((descriptor) => fits(descriptor, machineType))
    .map(toFirmware)
    .filter((row) => row !== undefined)
    .filter((row) => row.isSecureBoot === isSecureBoot);
  return found.find((row) => row.needsSmm === isSecureBoot) ?? found[0];
};
