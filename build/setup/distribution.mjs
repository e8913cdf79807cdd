// Says which family of Linux distributions this is, from /etc/os-release.
import { readFileSync } from 'node:fs';

/** One row per family: the ids that os-release uses in ID and ID_LIKE. */
const families = [
  { family: 'debian', ids: ['debian', 'ubuntu', 'linuxmint', 'pop', 'raspbian'] },
  { family: 'fedora', ids: ['fedora', 'rhel', 'centos', 'rocky', 'almalinux'] },
  { family: 'arch', ids: ['arch', 'manjaro', 'endeavouros'] },
  { family: 'suse', ids: ['suse', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed', 'sles'] },
];

/** Text of os-release -> {family, name}; family is "unknown" where no row matches. */
export function parseOsRelease(text) {
  const fields = new Map();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (match) fields.set(match[1], match[2].replace(/^(["'])(.*)\1$/, '$2'));
  }
  // ID comes before ID_LIKE: the closest relative wins.
  const ids = [fields.get('ID') ?? '', ...(fields.get('ID_LIKE') ?? '').split(/\s+/)];
  for (const id of ids) {
    const row = families.find((candidate) => candidate.ids.includes(id));
    if (row) return { family: row.family, name: fields.get('PRETTY_NAME') ?? id };
  }
  return { family: 'unknown', name: fields.get('PRETTY_NAME') ?? 'this system' };
}

export function readDistribution() {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return parseOsRelease(readFileSync(path, 'utf8'));
    } catch {
      continue; // The second path is the standard's fallback.
    }
  }
  return { family: 'unknown', name: 'this system' };
}
