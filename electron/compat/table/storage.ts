// Disks, controllers, snapshots, saved states.
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
import {
  archQemu,
  cyberusIssue,
  oracleKvmNews,
  qemuImages,
  trials,
  vboxManual,
} from './sources.ts';

const kvmBuild = probe('table.probe.kvmBuild');
const foreign = degraded('table.how.foreignDisk');
const noBiosBoot = degraded('table.how.noBiosBoot');
const qcow2Only = needs('table.needs.qcow2Disks');

// prettier-ignore
export const storageRows: readonly TableRow[] = [
  { id: 'disk.vdi', title: 'table.row.diskVdi', cells: byDriver(yes, foreign), source: `${trials}; ${qemuImages}`, standing: 'tried' },
  { id: 'disk.vmdk-vhd', title: 'table.row.diskVmdk', cells: byDriver(degraded('table.how.vhdxReadOnly'), foreign), source: qemuImages, standing: 'read' },
  { id: 'disk.qcow2', title: 'table.row.diskQcow2', cells: byDriver(no('table.why.qcow2'), yes), source: 'https://flaterco.com/kb/W98VM/index.html', standing: 'read' },
  { id: 'disk.raw', title: 'table.row.diskRaw', cells: byDriver(degraded('table.how.rawByWrapper'), yes), source: vboxManual, standing: 'assumed' },
  { id: 'disk.encryption', title: 'table.row.encryption', cells: byDriver(probe('table.probe.encryption'), yes), source: trials, standing: 'tried' },
  { id: 'disk.linked-clone', title: 'table.row.linkedClone', cells: everywhere(yes), source: qemuImages, standing: 'tried' },
  { id: 'snapshot.off', title: 'table.row.snapshotOff', cells: everywhere(yes), source: qemuImages, standing: 'tried' },
  { id: 'snapshot.live', title: 'table.row.snapshotLive', cells: cells(yes, kvmBuild, yes, qcow2Only, qcow2Only), source: `${trials}; ${cyberusIssue(4)}`, standing: 'tried' },
  { id: 'state.save', title: 'table.row.saveState', cells: cells(yes, kvmBuild, yes, yes, yes), source: trials, standing: 'tried' },
  { id: 'state.other-vbox-engine', title: 'table.row.stateOtherEngine', cells: cells(probe('table.probe.savedState'), probe('table.probe.savedState'), probe('table.probe.savedState'), no('table.why.stateBound'), no('table.why.stateBound')), source: oracleKvmNews, standing: 'read' },
  { id: 'state.other-driver', title: 'table.row.stateOtherDriver', cells: everywhere(no('table.why.stateBound')), source: archQemu, standing: 'assumed' },
  { id: 'bus.ide', title: 'table.row.busIde', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'bus.sata', title: 'table.row.busSata', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'bus.nvme', title: 'table.row.busNvme', cells: byDriver(noBiosBoot, yes), source: `${trials}; ${vboxManual}`, standing: 'tried' },
  { id: 'bus.virtio-blk', title: 'table.row.busVirtioBlk', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: `${trials}; ${vboxManual}`, standing: 'tried' },
  { id: 'bus.virtio-scsi', title: 'table.row.busVirtioScsi', cells: everywhere(yes), source: `${trials}; ${vboxManual}`, standing: 'tried' },
  { id: 'bus.lsilogic', title: 'table.row.busLsiLogic', cells: byDriver(yes, no('table.why.lsiLogicDiffers')), source: trials, standing: 'tried' },
  { id: 'bus.sas', title: 'table.row.busSas', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'bus.buslogic', title: 'table.row.busBusLogic', cells: byDriver(yes, no('table.why.busLogic')), source: trials, standing: 'tried' },
  { id: 'bus.usb-storage', title: 'table.row.busUsb', cells: byDriver(noBiosBoot, yes), source: `${trials}; ${vboxManual}`, standing: 'tried' },
  { id: 'bus.floppy', title: 'table.row.busFloppy', cells: everywhere(yes), source: trials, standing: 'tried' },
];
