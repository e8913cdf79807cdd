// What a NIC is plugged into, as QEMU's `-netdev`, and what of it is written down for the next manager. Pure.
import { z } from 'zod';
import { failure } from '../../../shared/contract/errors.ts';
import type { Nic, PortForward } from '../../../shared/model/network.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import type { NicPlug } from '../types.ts';

/** In QEMU's option syntax a comma is written twice. */
export const option = (value: string): string => value.replaceAll(',', ',,');

/** Name of the network back end behind a NIC; the NIC itself carries the id of the configuration. */
export const netdevOf = (nic: string): string => `net-${nic}`;

/** Of the ways to plug a NIC in, those QEMU has. Part of the start record. */
export const nicPlugSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stream'), path: z.string() }),
  z.object({ kind: z.literal('tap'), name: z.string() }),
  z.object({ kind: z.literal('passt'), path: z.string() }),
]);
/** By the NIC's id. */
export const nicPlugsSchema = z.record(z.string(), nicPlugSchema);
export type NicPlugs = Readonly<z.infer<typeof nicPlugsSchema>>;

/** `tcp:127.0.0.1:8022-:22`, the rule of hostfwd= and hostfwd_add. */
export const forwardRule = (forward: PortForward): string =>
  `${forward.protocol}:${forward.hostAddress}:${forward.hostPort}-:${forward.guestPort}`;
/** The same without the guest's side, for hostfwd_remove. */
export const forwardKey = (forward: PortForward): string =>
  `${forward.protocol}:${forward.hostAddress}:${forward.hostPort}`;

const refused = (nic: Nic, reason: string): Error =>
  failure('network/refused', { name: nic.id, reason });

/** QEMU's own NAT is the only way it needs nobody for. */
const isSelfMade = ({ attachment }: Nic): boolean =>
  attachment.kind === 'none' || (attachment.kind === 'nat' && attachment.stack !== 'passt');

/** The plugs of these NICs. Rejects with `network/refused` where one is missing: no NIC is left unplugged silently. */
export const plugsFor = (
  config: Pick<VmConfig, 'nics'>,
  given: ReadonlyMap<string, NicPlug> = new Map(),
): NicPlugs => {
  const plugs: Record<string, NicPlugs[string]> = {};
  for (const nic of config.nics) {
    const plug = given.get(nic.id);
    if (plug?.kind === 'datagram') throw refused(nic, 'QEMU takes streams, not datagrams.');
    if (plug) plugs[nic.id] = plug;
    else if (!isSelfMade(nic)) throw refused(nic, 'Nothing was made ready for it to plug into.');
  }
  return plugs;
};

/** Unix sockets that QEMU makes for its NICs. */
export const socketsOf = (plugs: NicPlugs): readonly string[] =>
  Object.values(plugs).flatMap((plug) => (plug.kind === 'stream' ? [plug.path] : []));

const natOptions = (nic: Nic): readonly string[] | undefined => {
  const { attachment } = nic;
  if (attachment.kind !== 'nat') return undefined;
  // The guest reaches this computer's loopback at its gateway whatever is said here: libslirp could refuse that, QEMU
  // up to 11.1 has no option for it but `restrict=on`, which closes the way out as well.
  return [
    'user',
    `id=${netdevOf(nic.id)}`,
    // Both are always said: `ipv6=on` alone switches IPv4 off.
    'ipv4=on',
    `ipv6=${attachment.ipv6 ? 'on' : 'off'}`,
    ...attachment.forwards.map((forward) => `hostfwd=${forwardRule(forward)}`),
  ];
};

const plugOptions = (nic: Nic, plug: NicPlugs[string]): readonly string[] =>
  plug.kind === 'tap'
    ? ['tap', `id=${netdevOf(nic.id)}`, `ifname=${option(plug.name)}`, 'script=no', 'downscript=no']
    : [
        'stream',
        `id=${netdevOf(nic.id)}`,
        // A switch connects, again and again: a stream client of QEMU 7.2 connects once. passt listens, and ends with it.
        plug.kind === 'stream' ? 'server=on' : 'server=off',
        'addr.type=unix',
        `addr.path=${option(plug.path)}`,
      ];

/** The value of `-netdev`; `undefined`: the NIC is plugged into nothing. */
export const netdevValue = (nic: Nic, plug: NicPlugs[string] | undefined): string | undefined =>
  (plug ? plugOptions(nic, plug) : natOptions(nic))?.join(',');
