// VirtualBox's guest types in our families. By the type's id (`Windows10_64`) or its title (`Windows 10 (64-bit)`),
// which is all `showvminfo` prints. What has no family of its own is the nearest one, or `other`.

/** First match wins; blanks are left out before. Add a row here for a guest type. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^Windows11/i, 'windows-11'],
  [/^Windows(?:2008|2012|2016|2019|2022|2025|Server20(?:08|12|16|19|22|25))/i, 'windows-server'],
  [/^Windows(?:10|81|8\.1|8)(?:_|\(|$)/i, 'windows-10'],
  [/^Windows(?:7|Vista)/i, 'windows-7'],
  [/^WindowsNT(?:3|4)/i, 'windows-nt'],
  [/^Windows(?:XP|2000|2003|Server2003)/i, 'windows-xp'],
  [/^Windows(?:3\.?1|95|98|Me)/i, 'windows-9x'],
  [/^(?:OtherWindows|WindowsOther|WindowsNT)/i, 'windows-10'],
  [/^FreeBSD/i, 'freebsd'],
  [/^DOS|^MS-?DOS/i, 'freedos'],
  [/^OS\/?2|^eComStation|^ArcaOS/i, 'os2'],
  [/^Haiku/i, 'haiku'],
  [/^(?:Novell)?Netware/i, 'netware'],
  [/^QNX/i, 'old-unix'],
  [/^Linux(?:2\.?2|2\.?4)/i, 'linux-old'],
  [
    /^(?:Linux|OtherLinux|Debian|Ubuntu|Xubuntu|Lubuntu|Kubuntu|Fedora|ArchLinux|Gentoo|openSUSE|SUSE|SLE|RedHat|Oracle|Mandriva|Mandrake|Mageia|Turbolinux|Xandros|CentOS|Rocky|Alma|Red)/i,
    'linux',
  ],
];

export const familyOfOsType = (osType: string): string => {
  const type = osType.replace(/\s+/g, '');
  return families.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
};
