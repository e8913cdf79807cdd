// THE list of system packages. Add a row here, and nowhere else.
// purpose: "run" for building and running the app, "display" where no display is there, "test" for
// `npm test` only, "provision" where it has to make Debian roots to test in. check: how to see on any distribution that it is there already.
// debian: names to choose from, the newest release's name first (trixie renamed some to ...t64).
// isOptional: the app runs without it, only less well.

const library = (name) => ({ kind: 'library', name });
const command = (name) => ({ kind: 'command', name });
const file = (...paths) => ({ kind: 'file', paths });

/** Service end of NAT networks: reservations, names, forwards. */
const natNetworkRows = [
  {
    check: command('dnsmasq'),
    debian: ['dnsmasq-base'],
    fedora: 'dnsmasq',
    arch: 'dnsmasq',
    suse: 'dnsmasq',
  },
  {
    check: command('slirp4netns'),
    debian: ['slirp4netns'],
    fedora: 'slirp4netns',
    arch: 'slirp4netns',
    suse: 'slirp4netns',
  },
  {
    check: command('nft'),
    debian: ['nftables'],
    fedora: 'nftables',
    arch: 'nftables',
    suse: 'nftables',
  },
  {
    check: command('ip'),
    debian: ['iproute2'],
    fedora: 'iproute',
    arch: 'iproute2',
    suse: 'iproute2',
  },
];

export const packageRows = [
  // Virtual machines
  {
    purpose: 'run',
    check: command('qemu-system-x86_64'),
    debian: ['qemu-system-x86'],
    fedora: 'qemu-system-x86-core',
    arch: 'qemu-system-x86',
    suse: 'qemu-x86',
  },
  {
    purpose: 'run',
    check: command('qemu-img'),
    debian: ['qemu-utils'],
    fedora: 'qemu-img',
    arch: 'qemu-img',
    suse: 'qemu-img',
  },
  {
    purpose: 'run',
    check: file(
      '/usr/share/OVMF/OVMF_CODE.fd',
      '/usr/share/OVMF/OVMF_CODE_4M.fd',
      '/usr/share/edk2/ovmf/OVMF_CODE.fd',
      '/usr/share/edk2/x64/OVMF_CODE.4m.fd',
      '/usr/share/qemu/ovmf-x86_64-code.bin',
    ),
    debian: ['ovmf'],
    fedora: 'edk2-ovmf',
    arch: 'edk2-ovmf',
    suse: 'qemu-ovmf-x86_64',
  },
  {
    // Assembles the probe guest from its source.
    purpose: 'run',
    check: command('nasm'),
    debian: ['nasm'],
    fedora: 'nasm',
    arch: 'nasm',
    suse: 'nasm',
  },
  // Optional for users, whose NAT networks have fewer abilities without them; the tests want them all.
  ...natNetworkRows.map((row) => ({ purpose: 'run', isOptional: true, ...row })),
  // Electron's libraries
  {
    purpose: 'run',
    check: library('libgtk-3.so.0'),
    debian: ['libgtk-3-0t64', 'libgtk-3-0'],
    fedora: 'gtk3',
    arch: 'gtk3',
    suse: 'libgtk-3-0',
  },
  {
    purpose: 'run',
    check: library('libnss3.so'),
    debian: ['libnss3'],
    fedora: 'nss',
    arch: 'nss',
    suse: 'mozilla-nss',
  },
  {
    purpose: 'run',
    check: library('libasound.so.2'),
    debian: ['libasound2t64', 'libasound2'],
    fedora: 'alsa-lib',
    arch: 'alsa-lib',
    suse: 'libasound2',
  },
  {
    purpose: 'run',
    check: library('libgbm.so.1'),
    debian: ['libgbm1'],
    fedora: 'mesa-libgbm',
    arch: 'mesa',
    suse: 'libgbm1',
  },
  {
    purpose: 'run',
    check: library('libatk-bridge-2.0.so.0'),
    debian: ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'],
    fedora: 'at-spi2-atk',
    arch: 'at-spi2-core',
    suse: 'libatk-bridge-2_0-0',
  },
  {
    purpose: 'run',
    check: library('libcups.so.2'),
    debian: ['libcups2t64', 'libcups2'],
    fedora: 'cups-libs',
    arch: 'libcups',
    suse: 'libcups2',
  },
  {
    purpose: 'run',
    check: library('libxkbcommon.so.0'),
    debian: ['libxkbcommon0'],
    fedora: 'libxkbcommon',
    arch: 'libxkbcommon',
    suse: 'libxkbcommon0',
  },
  {
    // Desktop notifications.
    purpose: 'run',
    isOptional: true,
    check: library('libnotify.so.4'),
    debian: ['libnotify4'],
    fedora: 'libnotify',
    arch: 'libnotify',
    suse: 'libnotify4',
  },
  {
    purpose: 'run',
    isOptional: true,
    check: file(
      '/usr/share/fonts/opentype/inter',
      '/usr/share/fonts/inter',
      '/usr/share/fonts/rsms-inter-fonts',
    ),
    debian: ['fonts-inter'],
    fedora: 'rsms-inter-fonts',
    arch: 'inter-font',
    suse: 'inter-fonts',
  },
  {
    // The fallback for signs and scripts the first font lacks, and the fixed-width one.
    purpose: 'run',
    isOptional: true,
    check: file(
      '/usr/share/fonts/truetype/dejavu',
      '/usr/share/fonts/dejavu',
      '/usr/share/fonts/TTF',
    ),
    debian: ['fonts-dejavu-core'],
    fedora: 'dejavu-sans-mono-fonts',
    arch: 'ttf-dejavu',
    suse: 'dejavu-fonts',
  },
  // A display where there is none
  {
    purpose: 'display',
    check: command('Xvfb'),
    debian: ['xvfb'],
    fedora: 'xorg-x11-server-Xvfb',
    arch: 'xorg-server-xvfb',
    suse: 'xorg-x11-server-Xvfb',
  },
  // Tests: session bus, a StatusNotifier host of ours, a notification daemon, guests
  {
    purpose: 'test',
    check: command('dbus-daemon'),
    debian: ['dbus'],
    fedora: 'dbus-daemon',
    arch: 'dbus',
    suse: 'dbus-1',
  },
  {
    // Looks at the session bus from outside; without systemd the app's own tray check has less to say.
    purpose: 'test',
    check: command('busctl'),
    debian: ['systemd'],
    fedora: 'systemd',
    arch: 'systemd',
    suse: 'systemd',
  },
  ...natNetworkRows.map((row) => ({ purpose: 'test', ...row })),
  {
    purpose: 'test',
    check: command('iperf3'),
    debian: ['iperf3'],
    fedora: 'iperf3',
    arch: 'iperf3',
    suse: 'iperf',
  },
  {
    // NAT by another program than the hypervisor's own.
    purpose: 'test',
    check: command('passt'),
    debian: ['passt'],
    fedora: 'passt',
    arch: 'passt',
    suse: 'passt',
  },
  {
    // Runs the program that changes this computer's network.
    purpose: 'test',
    check: command('python3'),
    debian: ['python3'],
    fedora: 'python3',
    arch: 'python',
    suse: 'python3',
  },
  {
    // Makes the Debian root that holds a VirtualBox to test against, and the disk of the Debian guest.
    purpose: 'provision',
    check: command('debootstrap'),
    debian: ['debootstrap'],
    fedora: 'debootstrap',
    arch: 'debootstrap',
    suse: 'debootstrap',
  },
  {
    purpose: 'provision',
    check: command('mke2fs'),
    debian: ['e2fsprogs'],
    fedora: 'e2fsprogs',
    arch: 'e2fsprogs',
    suse: 'e2fsprogs',
  },
];
