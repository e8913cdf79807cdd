// A short look at one machine: its state and who holds it. By the web service, which asks VirtualBox's server alone;
// without it by `showvminfo`, which joins the program that runs the machine.
import { isFailure } from '../../../shared/contract/errors.ts';
import { readMachine } from './read-machine.ts';
import { valueOf } from './soap.ts';
import type { VBoxApi } from './vbox-api.ts';
import type { VBoxManage } from './vboxmanage.ts';

export interface MachineLook {
  readonly name: string;
  /** `poweroff` or `PoweredOff`: power-state.ts reads both. */
  readonly state: string;
  /** When it came to be so, ms since the epoch. */
  readonly stateSinceMs: number;
  /** The program that holds the machine; absent: it is free. */
  readonly holder?: string;
  readonly logFolder: string;
}

/** Rejects with `vm/not-found`. */
export type Look = (machine: string) => Promise<MachineLook>;

/** `2026-11-22T17:54:24.680000000`, in UTC though it does not say so. */
export const parsePrintedTime = (printed: string): number => {
  const at = Date.parse(`${printed.replace(/(\.\d{3})\d*$/, '$1')}Z`);
  return Number.isNaN(at) ? 0 : at;
};

export const lookByManage = async (manage: VBoxManage, machine: string): Promise<MachineLook> => {
  const info = await readMachine(manage, machine);
  const since = info.pairs.find((pair) => pair.key === 'VMStateChangeTime')?.value ?? '';
  return {
    name: info.name,
    state: info.state,
    stateSinceMs: parsePrintedTime(since),
    logFolder: info.logFolder,
    ...(info.session === undefined ? {} : { holder: info.session }),
  };
};

const lookByApi = async (api: VBoxApi, id: string): Promise<MachineLook> => {
  const ask = async (method: string, params: Readonly<Record<string, string>>): Promise<string> =>
    valueOf(await api.call(method, params)) ?? '';
  const machine = await ask('IVirtualBox_findMachine', { _this: api.virtualBox, nameOrId: id });
  const get = (name: string): Promise<string> => ask(`IMachine_get${name}`, { _this: machine });
  const session = await get('SessionState');
  const holder = session === 'Unlocked' ? '' : (await get('SessionName')) || session;
  return {
    name: await get('Name'),
    state: await get('State'),
    stateSinceMs: Number(await get('LastStateChange')),
    logFolder: await get('LogFolder'),
    ...(holder === '' ? {} : { holder }),
  };
};

export const createLook =
  (manage: VBoxManage, api: () => VBoxApi | undefined): Look =>
  async (machine) => {
    const service = api();
    if (service) {
      try {
        return await lookByApi(service, machine);
      } catch (error) {
        // The service died, or the machine cannot be asked so: VBoxManage says which.
        if (!isFailure(error, 'virtualbox/web-service') && !isFailure(error, 'virtualbox/refused'))
          throw error;
      }
    }
    return lookByManage(manage, machine);
  };
