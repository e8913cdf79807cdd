// A NIC's generic driver and its properties as VirtualBox keeps them; VBoxManage prints no properties, so the web
// service is asked.
import { valueOf, valuesOf } from '../soap.ts';
import type { VBoxApi } from '../vbox-api.ts';
import type { ReadGeneric } from './lent-nics.ts';

export const createGenericReader =
  (apiNow: () => VBoxApi | undefined): ReadGeneric =>
  async (id, slot) => {
    const api = apiNow();
    if (!api) return { driver: '', properties: {} };
    const { call, virtualBox } = api;
    const machine = await call('IVirtualBox_findMachine', { _this: virtualBox, nameOrId: id });
    const adapter =
      valueOf(await call('IMachine_getNetworkAdapter', { _this: valueOf(machine) ?? '', slot })) ??
      '';
    const driver = await call('INetworkAdapter_getGenericDriver', { _this: adapter });
    const found = await call('INetworkAdapter_getProperties', { _this: adapter, names: '' });
    const values = valuesOf(found);
    return {
      driver: valueOf(driver) ?? '',
      properties: Object.fromEntries(
        valuesOf(found, 'returnNames').map((name, index) => [name, values[index] ?? '']),
      ),
    };
  };
