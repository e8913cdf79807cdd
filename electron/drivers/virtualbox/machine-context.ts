// What the parts of the VirtualBox driver share: how to ask VirtualBox, and what is known of the machines.
import type { DriverId, VmId } from '../../../shared/model/brand.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { DriverContext, FoundProbe } from '../types.ts';
import type { VBoxApi } from './vbox-api.ts';
import type { VBoxManage } from './vboxmanage.ts';

/** A machine's VmId is VirtualBox's own id of it, lower case, so it is also what VBoxManage and the API are given. */
export interface MachineContext {
  readonly driver: DriverId;
  readonly manage: VBoxManage;
  /** The connection to the web service now; `undefined` while there is none. Ask each time, it changes. */
  readonly api: () => VBoxApi | undefined;
  readonly ctx: DriverContext;
  readonly probe: FoundProbe;
  /** As last read. */
  readonly definitionOf: (vm: VmId) => VmDefinition | undefined;
  /** Reads the machine again and reports what differs; resolves then. Rejects with `vm/not-found`. */
  readonly refresh: (vm: VmId) => Promise<void>;
  /** As last reported; `undefined`: not a machine of VirtualBox. */
  readonly powerOf: (vm: VmId) => PowerState | undefined;
}
