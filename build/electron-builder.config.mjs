// Packages for Linux. package.mjs uses this for the unpacked program and builds .deb and .tar.gz from it; where
// electron-builder can fetch its own tools, `electron-builder --linux -c build/electron-builder.config.mjs`
// makes both with the same content.

/** Types the desktop offers to open with us; build/linux/polyvisor.desktop names the same. */
const mimeTypes = [
  'application/x-cd-image',
  'application/vnd.efi.iso',
  'application/x-raw-disk-image',
  'application/vnd.efi.img',
  'application/x-qemu-disk',
  'application/x-virtualbox-vdi',
  'application/x-vmdk-disk',
  'application/x-vhd-disk',
];

/** Programs of others and the libraries Electron links; names before and after the 64-bit time_t change. */
const depends = [
  'qemu-system-x86 | qemu-system',
  'qemu-utils',
  // For the program that changes bridges after an authorisation.
  'python3',
  'iproute2',
  'libgtk-3-0t64 | libgtk-3-0',
  'libnss3',
  'libnspr4',
  'libasound2t64 | libasound2',
  'libatk-bridge2.0-0t64 | libatk-bridge2.0-0',
  'libatk1.0-0t64 | libatk1.0-0',
  'libatspi2.0-0t64 | libatspi2.0-0',
  'libcups2t64 | libcups2',
  'libcairo2',
  'libdbus-1-3',
  'libdrm2',
  'libexpat1',
  'libgbm1',
  'libglib2.0-0t64 | libglib2.0-0',
  'libpango-1.0-0',
  'libx11-6',
  'libxcb1',
  'libxcomposite1',
  'libxdamage1',
  'libxext6',
  'libxfixes3',
  'libxkbcommon0',
  'libxrandr2',
  'libudev1',
];

/** NAT networks with names and reservations; passt as the other way out; bridges with an authorisation. */
const networkPrograms = [
  'slirp4netns',
  'dnsmasq-base',
  'nftables',
  'passt',
  'pkexec | policykit-1',
];

const netHelper = [
  'polyvisor-net-helper',
  'net_record.py',
  'net_requests.py',
  'net_tools.py',
  'net_uplink.py',
];

export default {
  appId: 'io.polyvisor.Polyvisor',
  productName: 'Polyvisor',
  copyright: 'Copyright the Polyvisor authors',
  directories: { buildResources: 'build', output: 'dist' },
  asar: true,
  npmRebuild: false,
  // The bundles carry everything they need: no node_modules, no sources, no tests.
  files: [
    'package.json',
    'out/main/**/*.js',
    'out/preload/**/*.cjs',
    'out/renderer/**/*',
    '!**/*.map',
    '!**/node_modules/**',
  ],
  extraResources: [
    { from: 'out/guests', to: 'guests', filter: ['*.img', '*.iso', '*.rom'] },
    // The native part of koffi, loaded by electron/process/c-library.ts: a shared library cannot lie in the archive.
    {
      from: `node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`,
      to: 'koffi/koffi.node',
    },
    { from: 'build/icons', to: 'icons', filter: ['tray*.png', '128x128.png', '256x256.png'] },
    { from: 'build/linux/apparmor-profile', to: 'apparmor-profile' },
    { from: 'build/linux/launcher', to: 'launcher' },
  ],
  electronLanguages: ['en-US'],
  afterPack: 'build/package/after-pack.mjs',
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    // Electron checks asar integrity on macOS and Windows only; here the package's checksums remain.
    enableEmbeddedAsarIntegrityValidation: false,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    target: ['deb', 'tar.gz'],
    executableName: 'polyvisor',
    artifactName: '${name}_${version}_${arch}.${ext}',
    category: 'System',
    icon: 'build/icons',
    maintainer: 'Polyvisor maintainers <maintainers@polyvisor.invalid>',
    vendor: 'Polyvisor',
    synopsis: 'Desktop manager for virtual machines',
    description: 'Creates and runs virtual machines on QEMU, with or without KVM, from one window.',
    mimeTypes,
    desktop: {
      entry: {
        GenericName: 'Virtual machines',
        Keywords: 'virtual machine;vm;qemu;kvm;emulator;',
        StartupWMClass: 'polyvisor',
      },
    },
  },
  deb: {
    packageCategory: 'admin',
    priority: 'optional',
    afterInstall: 'build/linux/postinst',
    afterRemove: 'build/linux/postrm',
    appArmorProfile: 'build/linux/apparmor-profile',
    depends,
    recommends: ['ovmf', 'libnotify4', 'xdg-utils', ...networkPrograms],
    fpm: [
      '--before-remove=build/linux/prerm',
      ...netHelper.map((name) => `build/linux/net-helper/${name}=/usr/lib/polyvisor/${name}`),
      'build/linux/net-helper/io.polyvisor.network.policy=/usr/share/polkit-1/actions/io.polyvisor.network.policy',
    ],
  },
};
