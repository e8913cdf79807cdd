// Where the rows of the compatibility table come from.
const virtualBoxIssues = 'https://github.com/VirtualBox/virtualbox/issues';
const cyberus = 'https://github.com/cyberus-technology/virtualbox-kvm';

export const vboxIssue = (number: number): string => `${virtualBoxIssues}/${number}`;
export const cyberusIssue = (number: number): string => `${cyberus}/issues/${number}`;
export const cyberusReadme = `${cyberus}/blob/dev/README.md`;
export const vboxManual = 'https://www.virtualbox.org/manual/UserManual.html';
export const vboxNetworking = 'https://www.virtualbox.org/manual/ch06.html';
export const hmr3 =
  'https://github.com/VirtualBox/virtualbox/blob/4484f683dfe3aaec5f34db78a040be0c637e1780/src/VBox/VMM/VMMR3/target-x86/HMR3-x86.cpp';
export const qemuImages = 'https://qemu.org/docs/master/system/images.html';
export const qemuNet = 'https://qemu.org/docs/master/system/devices/net.html';
export const qemuInvocation = 'https://www.qemu.org/docs/master/system/invocation.html';
export const archQemu = 'https://wiki.archlinux.org/title/QEMU';
export const passtMan = 'https://man.archlinux.org/man/passt.1.en';
export const nestedGuests = 'https://docs.kernel.org/virt/kvm/x86/running-nested-guests.html';
export const oracleKvmNews = 'https://www.altusintel.com/public-yyr2p9/?tt=1770285785';
/** Our own trials: Debian sid, VirtualBox 7.2.22 without vboxdrv; QEMU 7.2.22 and 11.1.3. */
export const trials = 'tried with VirtualBox 7.2.22 without vboxdrv, QEMU 7.2.22 and 11.1.3';
