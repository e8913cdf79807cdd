// Which family a distribution belongs to, on os-release texts as the distributions ship them.
import { describe, expect, it } from 'vitest';
import { parseOsRelease } from './distribution.mjs';

const cases = [
  ['ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'debian'],
  ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'debian'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
  ['ID=fedora\nVERSION_ID=42\n', 'fedora'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
  ['ID=arch\n', 'arch'],
  ['ID=cachyos\nID_LIKE=arch\n', 'arch'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'suse'],
  ['ID=nixos\n', 'unknown'],
  ['', 'unknown'],
];

describe('the distribution family', () => {
  it.each(cases)('of %j is %s', (text, family) => {
    expect(parseOsRelease(text).family).toBe(family);
  });

  it('comes with the name a person knows, without quotes', () => {
    expect(parseOsRelease(cases[0][0]).name).toBe('Debian GNU/Linux 12 (bookworm)');
  });
});
