// What an installed QEMU offers, asked from the program itself (QMP and `-netdev help`), never from its version.
import { z } from 'zod';

export const machineTypeSchema = z.object({
  name: z.string(),
  alias: z.string().optional(),
  maxVcpus: z.number().int(),
});

export const qemuFeaturesSchema = z.object({
  machines: z.array(machineTypeSchema).readonly(),
  /** Device types (`-device` names). */
  devices: z.array(z.string()).readonly(),
  netdevs: z.array(z.string()).readonly(),
  accelerators: z.array(z.string()).readonly(),
  commands: z.array(z.string()).readonly(),
  hasSandbox: z.boolean(),
});
export type QemuFeatures = z.infer<typeof qemuFeaturesSchema>;

/** `-netdev help` and `-accel help`: a heading that ends in a colon, then a word a line. */
export const parseWordList = (help: string): readonly string[] =>
  help
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^[a-z0-9-]+$/.test(line));

const named = z.looseObject({ name: z.string() });
const machine = z.looseObject({
  name: z.string(),
  alias: z.string().optional(),
  'cpu-max': z.number(),
});

/** Replies of one monitor run in the order asked: capabilities, query-machines, query-commands, qom-list-types. */
export const parseMonitorRun = (
  stdout: string,
): Pick<QemuFeatures, 'machines' | 'commands' | 'devices'> | undefined => {
  const replies = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"return"'))
    .map((line) => (JSON.parse(line) as { return: unknown }).return);
  if (replies.length < 4) return undefined;
  const machines = z.array(machine).parse(replies[1]);
  return {
    machines: machines.map((row) => ({
      name: row.name,
      ...(row.alias === undefined ? {} : { alias: row.alias }),
      maxVcpus: row['cpu-max'],
    })),
    commands: z
      .array(named)
      .parse(replies[2])
      .map((row) => row.name),
    devices: z
      .array(named)
      .parse(replies[3])
      .map((row) => row.name),
  };
};

/** The versioned name behind `pc` or `q35`, which saved states depend on. */
export const versionedMachine = (features: QemuFeatures, alias: 'pc' | 'q35'): string | undefined =>
  features.machines.find((row) => row.alias === alias)?.name;
