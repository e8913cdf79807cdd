// Addresses follow the range they are in: who changes the range means the gateway and the DHCP range too. Pure.
import type { NetworkForm } from './draft.ts';

const toNumber = (address: string): number | undefined => {
  const parts = address.trim().split('.');
  const isAddress =
    parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress ? parts.reduce((value, part) => value * 256 + Number(part), 0) : undefined;
};

const toText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** The same place in another range: the range's digits in front, the address's own behind. */
const moved = (address: string, start: number, size: number): string => {
  const value = toNumber(address);
  return value === undefined ? address : toText(start - (start % size) + (value % size));
};

/**
 * The form with another range typed into it. Ranges from /8 to /24 are followed; in a smaller one the places of the
 * addresses may not exist, and they stay as they are.
 */
export const withSubnet = (form: NetworkForm, subnet: string): NetworkForm => {
  const [, network = '', length = ''] = /^\s*([\d.]+)\/(\d{1,2})\s*$/.exec(subnet) ?? [];
  const start = toNumber(network);
  const bits = Number(length);
  if (start === undefined || bits < 8 || bits > 24) return { ...form, subnet };
  const follow = (address: string): string => moved(address, start, 2 ** (32 - bits));
  return {
    ...form,
    subnet,
    gateway: follow(form.gateway),
    first: follow(form.first),
    last: follow(form.last),
  };
};
