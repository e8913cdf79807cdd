// A network as it is typed: every field is text until it can be read. Pure.
import type { z } from 'zod';
import type { MessageKey } from '../../../../shared/i18n/catalog.en.ts';
import { networkSchema, type Network } from '../../../../shared/model/networks.ts';

const bodySchema = networkSchema.unwrap().omit({ id: true });
export type NetworkBody = z.infer<typeof bodySchema>;

export type RowField = 'reservations' | 'dnsNames' | 'vlans';
/** A row of a list, column by column. */
export type Row = readonly string[];

export interface NetworkForm {
  /** What the form does not show is kept as it is. */
  readonly base: NetworkBody;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly hasIpv4: boolean;
  readonly subnet: string;
  readonly gateway: string;
  readonly hasDhcp: boolean;
  readonly first: string;
  readonly last: string;
  readonly hasIpv6: boolean;
  readonly prefix: string;
  readonly mayReachHost: boolean;
  readonly uplink: string;
  readonly bootFolder: string;
  readonly bootFile: string;
  /** mac, address, name. */
  readonly reservations: readonly Row[];
  /** name, address. */
  readonly dnsNames: readonly Row[];
  /** tag, name. */
  readonly vlans: readonly Row[];
}

export const toForm = (base: NetworkBody): NetworkForm => ({
  base,
  name: base.name,
  isEnabled: base.isEnabled,
  hasIpv4: base.ipv4 !== undefined,
  subnet: base.ipv4?.subnet ?? '',
  gateway: base.ipv4?.gateway ?? '',
  hasDhcp: base.ipv4?.dhcp !== undefined,
  first: base.ipv4?.dhcp?.first ?? '',
  last: base.ipv4?.dhcp?.last ?? '',
  hasIpv6: base.ipv6 !== undefined,
  prefix: base.ipv6?.prefix ?? '',
  mayReachHost: base.mayReachHost,
  uplink: base.uplink ?? '',
  bootFolder: base.networkBoot?.folder ?? '',
  bootFile: base.networkBoot?.file ?? '',
  reservations: base.reservations.map((row) => [row.mac, row.address, row.name ?? '']),
  dnsNames: base.dnsNames.map((row) => [row.name, row.address]),
  vlans: base.vlans.map((row) => [String(row.tag), row.name]),
});

/** What a kind has; the form shows these parts only. */
export const partsOf = (kind: Network['kind']) => ({
  hasAddresses: kind !== 'bridged',
  /** Without addresses the kind means nothing. */
  needsAddresses: kind === 'natNetwork' || kind === 'hostOnly',
  /** A server gives addresses out; elsewhere guests have fixed ones. */
  hasDhcp: kind === 'natNetwork',
  hasIpv6: kind === 'natNetwork',
  hasNames: kind === 'natNetwork',
  hasUplink: kind === 'bridged',
  hasBoot: kind === 'natNetwork',
});

const isWritten = (row: Row): boolean => row.some((cell) => cell.trim() !== '');
const at = (row: Row, column: number): string => row[column]?.trim() ?? '';

export type Problems = Readonly<Record<string, string>>;
export type FormRead =
  | { readonly kind: 'network'; readonly network: NetworkBody }
  /** By field (`ipv4.subnet`, `reservations.0.mac`): the sentence's key. */
  | { readonly kind: 'wrong'; readonly problems: Readonly<Record<string, MessageKey>> };

const sentences: Readonly<Record<string, MessageKey>> = {
  name: 'networks.bad.name',
  subnet: 'networks.bad.subnet',
  gateway: 'networks.bad.address',
  address: 'networks.bad.address',
  first: 'networks.bad.address',
  last: 'networks.bad.address',
  prefix: 'networks.bad.prefix',
  mac: 'hw.nic.macBad',
  tag: 'networks.bad.tag',
  uplink: 'networks.bad.uplink',
  folder: 'networks.bad.boot',
  file: 'networks.bad.boot',
};

/** The network that was typed, or what is wrong with its fields. Whether it fits this computer is main's to say. */
export const readForm = (form: NetworkForm): FormRead => {
  const { base } = form;
  const parts = partsOf(base.kind);
  const { ipv4: _ipv4, ipv6: _ipv6, uplink: _uplink, networkBoot: _boot, ...kept } = base;
  const hasIpv4 = parts.hasAddresses && (parts.needsAddresses || form.hasIpv4);
  const hasBoot = parts.hasBoot && (form.bootFolder.trim() !== '' || form.bootFile.trim() !== '');
  const candidate = {
    ...kept,
    name: form.name,
    isEnabled: form.isEnabled,
    mayReachHost: parts.hasIpv6 && form.mayReachHost,
    ...(hasIpv4
      ? {
          ipv4: {
            ...base.ipv4,
            subnet: form.subnet.trim(),
            gateway: form.gateway.trim(),
            dhcp:
              parts.hasDhcp && form.hasDhcp
                ? { first: form.first.trim(), last: form.last.trim() }
                : undefined,
          },
        }
      : {}),
    ...(parts.hasIpv6 && form.hasIpv6 ? { ipv6: { prefix: form.prefix.trim() } } : {}),
    ...(parts.hasUplink ? { uplink: form.uplink } : {}),
    ...(hasBoot
      ? { networkBoot: { folder: form.bootFolder.trim(), file: form.bootFile.trim() } }
      : {}),
    // Rows keep their place, so that a problem is shown in the row it is about.
    reservations: (parts.hasDhcp ? form.reservations : []).map((row) => ({
      mac: at(row, 0).toLowerCase(),
      address: at(row, 1),
      ...(at(row, 2) === '' ? {} : { name: at(row, 2) }),
    })),
    dnsNames: form.dnsNames.map((row) => ({ name: at(row, 0), address: at(row, 1) })),
    vlans: form.vlans.map((row) => ({ tag: Number(at(row, 0) || NaN), name: at(row, 1) })),
  };
  const parsed = bodySchema.safeParse(candidate);
  if (parsed.success) {
    const network = parsed.data;
    const { ipv4 } = network;
    if (!ipv4 || ipv4.dhcp) return { kind: 'network', network };
    const { dhcp: _none, ...plan } = ipv4;
    return { kind: 'network', network: { ...network, ipv4: plan } };
  }
  const problems: Record<string, MessageKey> = {};
  for (const { path } of parsed.error.issues) {
    const last = path.findLast((part) => typeof part === 'string') ?? '';
    const field = path.join('.');
    problems[field] ??=
      path[0] === 'dnsNames' && last === 'name'
        ? 'networks.bad.dnsName'
        : (sentences[last] ?? 'networks.bad.other');
  }
  return { kind: 'wrong', problems };
};

/** Without the rows nobody wrote anything into. */
export const tidied = (form: NetworkForm): NetworkForm => ({
  ...form,
  reservations: form.reservations.filter(isWritten),
  dnsNames: form.dnsNames.filter(isWritten),
  vlans: form.vlans.filter(isWritten),
});
