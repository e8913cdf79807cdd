// All of one machine by `showvminfo`, asked again while the program that runs it begins or ends.
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';
import { parseVmInfo, type VmInfo } from './parse-vminfo.ts';
import { refusalCode, type VBoxManage } from './vboxmanage.ts';

const lookMs = 100;

/**
 * `showvminfo` joins the program that runs the machine; while that begins or ends it fails in many ways, all passing
 * (seen: VBOX_E_VM_ERROR, E_ACCESSDENIED, NS_ERROR_UNEXPECTED). So it is asked again for a while, and never during
 * a start, which it can hold up.
 */
const passingLimitMs = 5000;

export const readMachine = async (manage: VBoxManage, machine: string): Promise<VmInfo> => {
  const deadline = performance.now() + passingLimitMs;
  for (;;) {
    try {
      const info = parseVmInfo(await manage.read(['showvminfo', machine, '--machinereadable']));
      if (!info) throw failure('vm/not-found', { id: machine });
      return info;
    } catch (error) {
      const code = refusalCode(error);
      if (code === 'VBOX_E_OBJECT_NOT_FOUND') throw failure('vm/not-found', { id: machine });
      if (code === undefined || performance.now() > deadline) throw error;
      await sleep(lookMs);
    }
  }
};
