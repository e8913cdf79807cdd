// The guest type a machine of one of our families gets in VirtualBox; definition-guest.ts reads them back.
// Types: `VBoxManage list ostypes` of 7.2.22, all of them in 7.0 as well.

/** A family without a row gets "other". Add a row for a family. */
const typeByFamily: Readonly<Record<string, string>> = {
  'windows-11': 'Windows11_64',
  'windows-server': 'Windows2022_64',
  'windows-10': 'Windows10_64',
  'windows-7': 'Windows7_64',
  'windows-xp': 'WindowsXP',
  'windows-9x': 'Windows98',
  freebsd: 'FreeBSD_64',
  freedos: 'DOS',
  os2: 'OS2Warp45',
  linux: 'Linux_64',
  'windows-nt': 'WindowsNT4',
  'linux-old': 'Linux24',
  netware: 'Netware',
  'old-unix': 'QNX',
  beos: 'Other',
  nextstep: 'Other',
};

export const osTypeOf = (family: string): string => typeByFamily[family] ?? 'Other_64';
