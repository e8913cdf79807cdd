// The Linux test guest as a bootable CD, for VMs that our driver starts: nothing but the CD and one serial
// port is needed. The agent answers on that port (ttyS0), so our serial console is the way in:
//
//   const cd = await buildLinuxIso();                       // cd.path goes into a VM's CD drive
//   const agent = createGuestAgent(await session.console.open(vm, 'serial'));
//   await agent.ready();
//   await agent.must('ip link set eth0 up && udhcpc -i eth0 -n -q');
//   await agent.must('wget -qO- http://10.0.2.2:8080/');    // the host's loopback through NAT
//   await agent.must('httpd -p 80 -h /tmp');                // something for a port forward to reach
//   await agent.run('poweroff -f');
//
// Debian's cloud kernel knows virtio and vmxnet3 network cards only. 256 MiB are enough.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isoImage } from '../../../build/guests/iso.mjs';
import { buildLinuxGuest, type LinuxGuestOptions } from './build-linux.ts';
import { unpackedPackage } from './debian-package.mjs';

export interface LinuxIso {
  readonly path: string;
  readonly dispose: () => Promise<void>;
}

// Sectors of 512 bytes that isolinux expects the BIOS to load.
const isolinuxLoadSectors = 4;

const config = (append: string): string => `DEFAULT linux
PROMPT 0
TIMEOUT 0
LABEL linux
  KERNEL VMLINUZ
  INITRD INITRD
  APPEND ${append}
`;

export const buildLinuxIso = async (options: LinuxGuestOptions = {}): Promise<LinuxIso> => {
  const [loader, common, files] = await Promise.all([
    unpackedPackage('isolinux'),
    unpackedPackage('syslinux-common'),
    buildLinuxGuest(options),
  ]);
  const read = async (name: string, path: string) => ({ name, content: await readFile(path) });
  const image = isoImage({
    label: 'POLYVISOR_LINUX',
    files: [
      await read('ISOLINUX.BIN', join(loader, 'usr/lib/ISOLINUX/isolinux.bin')),
      await read('LDLINUX.C32', join(common, 'usr/lib/syslinux/modules/bios/ldlinux.c32')),
      { name: 'ISOLINUX.CFG', content: Buffer.from(config(files.append('ttyS0'))) },
      await read('VMLINUZ', files.kernel),
      await read('INITRD', files.initrd),
    ],
    boot: { name: 'ISOLINUX.BIN', loadSectors: isolinuxLoadSectors, hasInfoTable: true },
  });
  const path = join(dirname(files.initrd), 'linux.iso');
  await writeFile(path, image);
  return { path, dispose: files.dispose };
};
