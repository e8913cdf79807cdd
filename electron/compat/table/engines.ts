// What follows from how guest code runs: speed, processors, memory, nesting, old systems, the host around it.
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
  cyberusReadme,
  hmr3,
  nestedGuests,
  oracleKvmNews,
  trials,
  vboxIssue,
  vboxManual,
} from './sources.ts';

const verySlow = degraded('table.how.verySlow');
const kvmBuild = probe('table.probe.kvmBuild');
const noDriver = no('table.why.memoryNeedsDriver');

// prettier-ignore
export const engineRows: readonly TableRow[] = [
  { id: 'speed', title: 'table.row.speed', cells: cells(yes, yes, verySlow, yes, degraded('table.how.slow')), source: trials, standing: 'tried' },
  { id: 'vcpus.many', title: 'table.row.vcpus', cells: cells(yes, yes, verySlow, yes, degraded('table.how.slow')), source: trials, standing: 'tried' },
  { id: 'nested', title: 'table.row.nested', cells: cells(probe('table.probe.nestedVbox'), kvmBuild, no('table.why.nestedSoftware'), probe('table.probe.nestedKvm'), degraded('table.how.svmOnly')), source: `${trials}; ${cyberusIssue(19)}; ${nestedGuests}`, standing: 'tried' },
  { id: 'guest.odd-cpu', title: 'table.row.oddCpu', cells: cells(yes, degraded('table.how.oldGuestsUntested'), verySlow, degraded('table.how.oldGuestsUntested'), yes), source: oracleKvmNews, standing: 'read' },
  { id: 'guest.os2', title: 'table.row.os2', cells: cells(yes, no('table.why.os2'), verySlow, degraded('table.how.oldGuestsUntested'), degraded('table.how.slow')), source: hmr3, standing: 'read' },
  { id: 'guest.win9x', title: 'table.row.win9x', cells: cells(degraded('table.how.guestPatch'), degraded('table.how.guestPatch'), verySlow, degraded('table.how.guestPatch'), yes), source: 'https://github.com/JHRobotics/patcher9x', standing: 'read' },
  { id: 'memory.balloon', title: 'table.row.balloon', cells: cells(yes, noDriver, noDriver, yes, yes), source: 'https://github.com/VirtualBox/virtualbox/blob/main/src/VBox/VMM/VMMR3/GMM.cpp', standing: 'read' },
  { id: 'memory.fusion', title: 'table.row.pageFusion', cells: cells(degraded('table.how.windowsOnly'), noDriver, noDriver, degraded('table.how.hostWide'), degraded('table.how.hostWide')), source: vboxManual, standing: 'assumed' },
  { id: 'memory.hotplug', title: 'table.row.memoryHotplug', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: trials, standing: 'tried' },
  { id: 'vcpus.hotplug', title: 'table.row.vcpuHotplug', cells: cells(yes, kvmBuild, probe('table.probe.start'), yes, yes), source: trials, standing: 'tried' },
  { id: 'cpu.model', title: 'table.row.cpuModel', cells: cells(yes, kvmBuild, yes, yes, yes), source: 'https://github.com/jhrobotics/patcher9x/issues/18', standing: 'read' },
  { id: 'cpu.hyperv', title: 'table.row.hyperv', cells: cells(yes, degraded('table.how.hypervMinimal'), yes, probe('table.probe.hypervCap'), no('table.why.software')), source: trials, standing: 'tried' },
  { id: 'cpu.foreign', title: 'table.row.foreignCpu', cells: cells(no('table.why.foreignCpu'), no('table.why.foreignCpu'), no('table.why.foreignCpu'), no('table.why.foreignCpu'), yes), source: archQemu, standing: 'assumed' },
  { id: 'host.beside-kvm', title: 'table.row.besideKvm', cells: cells(no('table.why.holdsVirtualization'), yes, yes, yes, yes), source: `${vboxIssue(711)}; ${cyberusReadme}`, standing: 'read' },
  { id: 'host.secure-boot', title: 'table.row.hostSecureBoot', cells: cells(needs('table.needs.signedDriver'), yes, yes, yes, yes), source: 'https://allthe.news/am/articles/oracle-upstreams-kvm-backend-to-virtualbox-for-better-linux-support', standing: 'read' },
  { id: 'host.no-root', title: 'table.row.noRoot', cells: cells(no('table.why.kernelModule'), yes, yes, needs('table.needs.kvmGroup'), yes), source: 'https://github.com/ivan-hc/VirtualBox-appimage/issues/14', standing: 'read' },
  { id: 'host.outlives-manager', title: 'table.row.outlives', cells: everywhere(yes), source: trials, standing: 'tried' },
];
