// What a KVM verdict depends on. When any of it changes, the stored verdict no longer counts.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { z } from 'zod';

export const checkInputsSchema = z.object({
  /** A new boot may have another firmware set-up, or another host under us. */
  bootId: z.string(),
  kernel: z.string(),
  qemu: z.object({ path: z.string(), mtimeMs: z.number(), size: z.number() }),
  device: z.string(),
  /** Mode and owner of the device node, or why it could not be read. */
  deviceFacts: z.string(),
  romSha256: z.string(),
  /** Who asks: user and groups decide about access. */
  user: z.string(),
});
export type CheckInputs = z.infer<typeof checkInputsSchema>;

const orReason = async (look: () => Promise<string>): Promise<string> => {
  try {
    return await look();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

export const gatherInputs = async (paths: {
  readonly qemu: string;
  readonly device: string;
  readonly rom: string;
}): Promise<CheckInputs> => {
  const qemu = await stat(paths.qemu);
  return {
    bootId: await orReason(async () =>
      (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    ),
    kernel: release(),
    qemu: { path: paths.qemu, mtimeMs: qemu.mtimeMs, size: qemu.size },
    device: paths.device,
    // ctime too: an access list changes it without changing the mode's owner bits.
    deviceFacts: await orReason(async () => {
      const { mode, uid, gid, ctimeMs } = await stat(paths.device);
      return `${mode.toString(8)} ${uid}:${gid} ${ctimeMs}`;
    }),
    romSha256: createHash('sha256')
      .update(await readFile(paths.rom))
      .digest('hex'),
    user: `${process.getuid?.() ?? -1}:${(process.getgroups?.() ?? []).join(',')}`,
  };
};
