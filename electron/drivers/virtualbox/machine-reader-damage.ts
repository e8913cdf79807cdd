// Why VirtualBox lists a machine but cannot read it: encrypted, made by a newer VirtualBox, or damaged. Its own
// sentence about a newer file speaks of a missing element, so the file itself is looked at.
import { open } from 'node:fs/promises';
import type { Reading } from './machine-reader.ts';

export type Inaccessible =
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'newer'; readonly version: string; readonly known: string }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Newest settings version a VirtualBox knows. Source: SettingsVersion in its interface description; add a row. */
const knownVersions: Readonly<Record<string, string>> = {
  '7.0': '1.19',
  '7.1': '1.20',
  '7.2': '1.21',
};

/** The beginning of the file, where all of this stands. */
const headOf = async (path: string): Promise<string> => {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
};

const isAfter = (version: string, other: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major > otherMajor || (major === otherMajor && minor > otherMinor);
};

/** Without the line that names a place in VirtualBox's source. */
export const plainReason = (reason: string): string =>
  reason
    .split('\n')
    .filter((line) => !/^\/\S+\.(?:cpp|h)\[\d+\]/.test(line))
    .join(' ')
    .trim();

export const judgeHead = (head: string, virtualBox: string): Inaccessible | undefined => {
  if (/<MachineEncrypted\s/.test(head)) return { kind: 'encrypted' };
  const version = /<VirtualBox\s[^>]*version="(\d+\.\d+)/.exec(head)?.[1];
  const known = knownVersions[virtualBox.split('.').slice(0, 2).join('.')];
  return version !== undefined && known !== undefined && isAfter(version, known)
    ? { kind: 'newer', version, known }
    : undefined;
};

/** `virtualBox`: the installed version. */
export const judgeInaccessible = async (
  reading: Extract<Reading, { kind: 'inaccessible' }>,
  virtualBox: string,
): Promise<Inaccessible> => {
  const head = await headOf(reading.settingsFile);
  const noReason =
    head === ''
      ? `Its settings file ${reading.settingsFile} is not there, or empty.`
      : 'VirtualBox gives no reason.';
  return (
    judgeHead(head, virtualBox) ?? {
      kind: 'damaged',
      reason: plainReason(reading.reason) || noReason,
    }
  );
};
