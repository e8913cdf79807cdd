// Firmware, graphics, USB, passthrough, sound, shares, ports and remote display.
import {
  byDriver,
  cells,
  degraded,
  everywhere,
  needs,
  no,
  probe,
  yes,
  type TableRow,
} from './cell.ts';
import { archQemu, cyberusReadme, trials, vboxIssue, vboxManual } from './sources.ts';

const qemuUsb = needs('table.needs.usbNode');

// prettier-ignore
export const deviceRows: readonly TableRow[] = [
  { id: 'firmware.bios', title: 'table.row.bios', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'firmware.uefi', title: 'table.row.uefi', cells: cells(yes, yes, probe('table.probe.efiSoftware'), needs('table.needs.uefi'), needs('table.needs.uefi')), source: trials, standing: 'tried' },
  { id: 'firmware.secure-boot', title: 'table.row.secureBoot', cells: cells(yes, probe('table.probe.kvmBuild'), probe('table.probe.efiSoftware'), probe('table.probe.smm'), needs('table.needs.uefi')), source: trials, standing: 'tried' },
  { id: 'tpm', title: 'table.row.tpm', cells: byDriver(yes, needs('table.needs.swtpm')), source: `${cyberusReadme}; ${archQemu}`, standing: 'read' },
  { id: 'usb.passthrough', title: 'table.row.usb', cells: cells(needs('table.needs.vboxusers'), needs('table.needs.vboxUsbNodes'), needs('table.needs.vboxusers'), qemuUsb, qemuUsb), source: cyberusReadme, standing: 'read' },
  { id: 'usb.filters', title: 'table.row.usbFilters', cells: byDriver(yes, degraded('table.how.usbByManager')), source: vboxManual, standing: 'assumed' },
  { id: 'pci.passthrough', title: 'table.row.pci', cells: cells(no('table.why.pciRemoved'), probe('table.probe.vfioBuild'), no('table.why.software'), needs('table.needs.iommu'), no('table.why.software')), source: `${trials}; ${cyberusReadme}; https://docs.kernel.org/driver-api/vfio.html`, standing: 'tried' },
  { id: '3d.linux', title: 'table.row.linux3d', cells: cells(yes, yes, degraded('table.how.verySlow'), needs('table.needs.glModule'), degraded('table.how.slow')), source: trials, standing: 'read' },
  { id: '3d.windows', title: 'table.row.windows3d', cells: cells(yes, yes, no('table.why.software'), no('table.why.windows3d'), no('table.why.windows3d')), source: `${vboxManual}; ${archQemu}`, standing: 'assumed' },
  { id: 'guest.resize', title: 'table.row.resize', cells: everywhere(needs('table.needs.guestTools')), source: archQemu, standing: 'assumed' },
  { id: 'guest.drag-drop', title: 'table.row.dragDrop', cells: byDriver(needs('table.needs.guestTools'), no('table.why.dragDrop')), source: archQemu, standing: 'assumed' },
  { id: 'guest.shared-folders', title: 'table.row.sharedFolders', cells: byDriver(needs('table.needs.guestTools'), needs('table.needs.virtiofs')), source: `${archQemu}; https://gitlab.com/virtio-fs/virtiofsd`, standing: 'assumed' },
  { id: 'sound.hda', title: 'table.row.soundHda', cells: everywhere(yes), source: `${trials}; ${vboxManual}`, standing: 'tried' },
  { id: 'sound.sb16', title: 'table.row.soundSb16', cells: everywhere(yes), source: `${trials}; ${vboxManual}`, standing: 'tried' },
  { id: 'sound.gus', title: 'table.row.soundGus', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: 'qemu-system-x86_64 -device help', standing: 'tried' },
  { id: 'port.serial', title: 'table.row.serial', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'port.parallel', title: 'table.row.parallel', cells: byDriver(degraded('table.how.parallel'), yes), source: vboxManual, standing: 'assumed' },
  { id: 'display.remote', title: 'table.row.remoteDisplay', cells: byDriver(needs('table.needs.extPack'), yes), source: `${trials}; ${vboxIssue(591)}`, standing: 'tried' },
  { id: 'display.capture', title: 'table.row.videoCapture', cells: byDriver(yes, no('table.why.notInQemu')), source: vboxManual, standing: 'assumed' },
];
