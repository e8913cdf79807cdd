// The release feed: a small JSON document { version, url } of the newest release, and how versions compare.
import { z } from 'zod';

const versionPattern = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/;

/** `url`: the page a person reads; nothing is ever downloaded from it by us. */
export const releaseSchema = z.object({
  version: z.string().max(64).regex(versionPattern),
  url: z.url({ protocol: /^https$/ }).max(2048),
});
export type Release = z.infer<typeof releaseSchema>;

const manifestSchema = z.object({
  polyvisor: z.object({ releaseFeed: z.string() }).partial().optional(),
});

/** The feed's address as package.json names it; `undefined` = this build has none. */
export const feedUrlIn = (packageJson: string): string | undefined => {
  const feed = manifestSchema.parse(JSON.parse(packageJson)).polyvisor?.releaseFeed;
  return feed === '' ? undefined : feed;
};

const compareIdentifiers = (a: string, b: string): number => {
  const isNumericA = /^\d+$/.test(a);
  const isNumericB = /^\d+$/.test(b);
  if (isNumericA && isNumericB) return Number(a) - Number(b);
  if (isNumericA !== isNumericB) return isNumericA ? -1 : 1;
  return a < b ? -1 : Number(a > b);
};

/** A release is newer than its own pre-releases (semver.org, section 11). */
const comparePreReleases = (a: string | undefined, b: string | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const left = a.split('.');
  const right = b.split('.');
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = compareIdentifiers(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
};

/** Versions that cannot be read are never newer. */
export const isNewer = (candidate: string, current: string): boolean => {
  const a = versionPattern.exec(candidate);
  const b = versionPattern.exec(current);
  if (!a || !b) return false;
  for (const part of [1, 2, 3]) {
    const order = Number(a[part]) - Number(b[part]);
    if (order !== 0) return order > 0;
  }
  return comparePreReleases(a[4], b[4]) > 0;
};
