// What a hypervisor that keeps its machines itself has no place for in a NIC: VLANs and the bandwidth limit, which our
// networks carry out. By MAC address, which survives everything else; and only for as long as the NIC is attached to
// what it was attached to.
import { z } from 'zod';
import { attachmentSchema, vlanSchema, type Nic } from '../../shared/model/network.ts';

const rowSchema = z
  .object({
    /** Kind and network that it is about. */
    where: z.string(),
    vlan: vlanSchema.optional(),
    bandwidthKbps: z.number().optional(),
  })
  .readonly();
export const nicOverlaySchema = z.record(z.string(), rowSchema).readonly();
export type NicOverlay = z.infer<typeof nicOverlaySchema>;

const vlanOf = ({ attachment }: Nic): z.infer<typeof vlanSchema> | undefined =>
  'vlan' in attachment ? vlanSchema.safeParse(attachment['vlan']).data : undefined;

const whereOf = ({ attachment }: Nic): string => {
  const { kind } = attachment;
  if (kind === 'bridged') return `${kind} ${attachment.uplink}`;
  return 'network' in attachment ? `${kind} ${String(attachment['network'])}` : kind;
};

/** Absent where there is nothing to keep. */
export const nicOverlayOf = (nics: readonly Nic[]): NicOverlay | undefined => {
  const rows = nics.flatMap((nic) => {
    const vlan = vlanOf(nic);
    const { bandwidthKbps } = nic;
    if (vlan === undefined && bandwidthKbps === undefined) return [];
    const row = {
      where: whereOf(nic),
      ...(vlan ? { vlan } : {}),
      ...(bandwidthKbps === undefined ? {} : { bandwidthKbps }),
    };
    return [[nic.mac, row] as const];
  });
  return rows.length === 0 ? undefined : Object.fromEntries(rows);
};

/** As the hypervisor has them. */
export const bareNics = (nics: readonly Nic[]): readonly Nic[] =>
  nics.map((nic) => {
    const bare: Record<string, unknown> = { ...nic };
    delete bare['bandwidthKbps'];
    if (vlanOf(nic) === undefined) return bare as unknown as Nic;
    const attachment: Record<string, unknown> = { ...nic.attachment };
    delete attachment['vlan'];
    return { ...bare, attachment: attachmentSchema.parse(attachment) } as unknown as Nic;
  });

export const withNicOverlay = (
  reported: readonly Nic[],
  overlay: NicOverlay = {},
): readonly Nic[] =>
  bareNics(reported).map((nic) => {
    const row = overlay[nic.mac];
    if (row?.where !== whereOf(nic)) return nic;
    const { vlan, bandwidthKbps } = row;
    return {
      ...nic,
      ...(bandwidthKbps === undefined ? {} : { bandwidthKbps }),
      ...(vlan ? { attachment: attachmentSchema.parse({ ...nic.attachment, vlan }) } : {}),
    };
  });
