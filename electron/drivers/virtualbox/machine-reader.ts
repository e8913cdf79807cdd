// Reads machines through the web service: a few dozen calls of half a millisecond, no process. The parts of a machine
// (adapters, firmware and so on) are fetched once and kept for as long as the connection lasts.
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { DriveFacts, ForwardFacts, MachineFacts, NicFacts } from './definition.ts';
import { structsOf, valueOf, valuesOf, type SoapParams } from './soap.ts';
import type { VBoxApi } from './vbox-api.ts';

export type Reading =
  | {
      readonly kind: 'read';
      readonly facts: MachineFacts;
      /** `PoweredOff`, or as VBoxManage prints it. */
      readonly state: string;
      /** When it came to be so, ms since the epoch. */
      readonly stateSinceMs: number;
    }
  | {
      /** VirtualBox lists it but cannot read it. */
      readonly kind: 'inaccessible';
      readonly id: string;
      /** By the name of its settings file. */
      readonly name: string;
      readonly settingsFile: string;
      readonly createdAtMs: number;
      readonly reason: string;
    };

/** Birth of the machine's folder: VirtualBox itself does not write down when a machine was made. */
export const createdAt = async (settingsFile: string): Promise<number> => {
  const folder = await stat(dirname(settingsFile)).catch(() => undefined);
  return Math.round(folder?.birthtimeMs ?? 0);
};

export const nameByFile = (settingsFile: string): string =>
  basename(settingsFile).replace(/\.vbox$/, '');

const slots = [0, 1, 2, 3, 4, 5, 6, 7];

interface Parts {
  readonly machine: string;
  readonly platform: string;
  readonly firmware: string;
  readonly graphics: string;
  readonly serial: string;
  readonly adapters: readonly string[];
}

const modes: Readonly<Record<string, NicFacts['mode']>> = {
  Null: 'none',
  NAT: 'nat',
  Bridged: 'bridged',
  Internal: 'internal',
  HostOnly: 'hostOnly',
  Generic: 'generic',
  NATNetwork: 'natNetwork',
};
const networkGetters: Readonly<Record<string, string>> = {
  bridged: 'INetworkAdapter_getBridgedInterface',
  internal: 'INetworkAdapter_getInternalNetwork',
  hostOnly: 'INetworkAdapter_getHostOnlyInterface',
  generic: 'INetworkAdapter_getGenericDriver',
  natNetwork: 'INetworkAdapter_getNATNetwork',
};

/** `ssh,1,127.0.0.1,2222,,22`: 1 is TCP, 0 is UDP; the name may have commas. */
export const parseRedirect = (row: string): ForwardFacts | undefined => {
  const parts = row.split(',');
  const [protocol, hostAddress = '', hostPort, guestAddress = '', guestPort] = parts.slice(-5);
  if (parts.length < 6 || (protocol !== '0' && protocol !== '1')) return undefined;
  return {
    name: parts.slice(0, -5).join(','),
    protocol: protocol === '1' ? 'tcp' : 'udp',
    hostAddress,
    hostPort: Number(hostPort),
    guestAddress,
    guestPort: Number(guestPort),
  };
};

export interface MachineReader {
  /** Rejects with `vm/not-found`, `virtualbox/web-service`, `virtualbox/refused`. */
  read(id: string): Promise<Reading>;
  forget(id: string): void;
}

export const createMachineReader = ({
  call,
  virtualBox,
}: Pick<VBoxApi, 'call' | 'virtualBox'>): MachineReader => {
  const known = new Map<string, Parts>();
  const get = async (method: string, object: string, params: SoapParams = {}): Promise<string> =>
    valueOf(await call(method, { _this: object, ...params })) ?? '';
  const release = (object: string): Promise<unknown> =>
    call('IManagedObjectRef_release', { _this: object }).catch(() => undefined);

  const partsOf = async (id: string, machine: string): Promise<Parts> => {
    const found = known.get(id);
    if (found) return found;
    const adapters: string[] = [];
    for (const slot of slots)
      adapters.push(await get('IMachine_getNetworkAdapter', machine, { slot }));
    const parts = {
      machine,
      platform: await get('IMachine_getPlatform', machine),
      firmware: await get('IMachine_getFirmwareSettings', machine),
      graphics: await get('IMachine_getGraphicsAdapter', machine),
      serial: await get('IMachine_getSerialPort', machine, { slot: 0 }),
      adapters,
    };
    known.set(id, parts);
    return parts;
  };

  const nicOf = async (adapter: string, slot: number): Promise<NicFacts | undefined> => {
    if ((await get('INetworkAdapter_getEnabled', adapter)) !== 'true') return undefined;
    const attachment = await get('INetworkAdapter_getAttachmentType', adapter);
    const mode = modes[attachment] ?? 'other';
    let network = networkGetters[mode] ? await get(networkGetters[mode], adapter) : '';
    let redirects: readonly string[] = [];
    let mayReachHost = false;
    if (mode === 'nat') {
      const engine = await get('INetworkAdapter_getNATEngine', adapter);
      redirects = valuesOf(await call('INATEngine_getRedirects', { _this: engine }));
      network = await get('INATEngine_getNetwork', engine);
      mayReachHost = (await get('INATEngine_getLocalhostReachable', engine)) === 'true';
      await release(engine);
    }
    return {
      slot,
      type: await get('INetworkAdapter_getAdapterType', adapter),
      mac: await get('INetworkAdapter_getMACAddress', adapter),
      isCableConnected: (await get('INetworkAdapter_getCableConnected', adapter)) === 'true',
      mode,
      network: mode === 'other' ? attachment : network,
      hasIpv6: false,
      mayReachHost,
      forwards: redirects.flatMap((row) => parseRedirect(row) ?? []),
    };
  };

  const drivesOf = async (machine: string): Promise<readonly DriveFacts[]> => {
    const attachments = structsOf(await call('IMachine_getMediumAttachments', { _this: machine }));
    if (attachments.length === 0) return [];
    const controllers = valuesOf(await call('IMachine_getStorageControllers', { _this: machine }));
    const types = new Map<string, string>();
    for (const controller of controllers) {
      const name = await get('IStorageController_getName', controller);
      types.set(name, await get('IStorageController_getControllerType', controller));
    }
    const drives: DriveFacts[] = [];
    for (const row of attachments) {
      const medium = row['medium'] ?? '';
      const kind = row['type'] === 'DVD' ? 'cd' : row['type'] === 'Floppy' ? 'floppy' : 'disk';
      drives.push({
        kind,
        controller: row['controller'] ?? '',
        controllerType: types.get(row['controller'] ?? '') ?? '',
        port: Number(row['port']),
        device: Number(row['device']),
        ...(medium === '' ? {} : { path: await get('IMedium_getLocation', medium) }),
        ...(medium === '' || kind !== 'disk'
          ? {}
          : { format: await get('IMedium_getFormat', medium) }),
      });
    }
    return drives;
  };

  const readParts = async (id: string, machine: string): Promise<Reading> => {
    const settingsFile = await get('IMachine_getSettingsFilePath', machine);
    const createdAtMs = await createdAt(settingsFile);
    const parts = await partsOf(id, machine);
    const bootOrder: string[] = [];
    for (const position of [1, 2, 3, 4])
      bootOrder.push(await get('IMachine_getBootOrder', machine, { position }));
    const nics: NicFacts[] = [];
    for (const [slot, adapter] of parts.adapters.entries()) {
      const nic = await nicOf(adapter, slot);
      if (nic) nics.push(nic);
    }
    const facts: MachineFacts = {
      id,
      name: await get('IMachine_getName', machine),
      osType: await get('IMachine_getOSTypeId', machine),
      description: await get('IMachine_getDescription', machine),
      settingsFile,
      logFolder: await get('IMachine_getLogFolder', machine),
      createdAtMs,
      vcpus: Number(await get('IMachine_getCPUCount', machine)),
      memoryMiB: Number(await get('IMachine_getMemorySize', machine)),
      firmware: await get('IFirmwareSettings_getFirmwareType', parts.firmware),
      chipset: await get('IPlatform_getChipsetType', parts.platform),
      graphics: await get('IGraphicsAdapter_getGraphicsControllerType', parts.graphics),
      pointing: await get('IMachine_getPointingHIDType', machine),
      isClockUtc: (await get('IPlatform_getRTCUseUTC', parts.platform)) === 'true',
      hasSerialPort: (await get('ISerialPort_getEnabled', parts.serial)) === 'true',
      bootOrder,
      drives: await drivesOf(machine),
      nics,
    };
    const state = await get('IMachine_getState', machine);
    const stateSinceMs = Number(await get('IMachine_getLastStateChange', machine));
    return { kind: 'read', facts, state, stateSinceMs };
  };

  const readOnce = async (id: string): Promise<Reading> => {
    const machine = await get('IVirtualBox_findMachine', virtualBox, { nameOrId: id });
    if ((await get('IMachine_getAccessible', machine)) === 'true') return readParts(id, machine);
    known.delete(id);
    const problem = await get('IMachine_getAccessError', machine);
    const reason = problem === '' ? '' : await get('IVirtualBoxErrorInfo_getText', problem);
    if (problem !== '') await release(problem);
    const settingsFile = await get('IMachine_getSettingsFilePath', machine);
    const createdAtMs = await createdAt(settingsFile);
    const name = nameByFile(settingsFile);
    return { kind: 'inaccessible', id, name, settingsFile, createdAtMs, reason };
  };

  return {
    read: async (id) => {
      try {
        try {
          return await readOnce(id);
        } catch (error) {
          // A part of it may have been let go by VirtualBox, or the machine is in the middle of a change.
          if (!known.delete(id)) throw error;
          return await readOnce(id);
        }
      } catch (error) {
        const code = isFailure(error, 'virtualbox/refused') ? error.error.params['code'] : '';
        if (code === '0x80bb0001') throw failure('vm/not-found', { id });
        throw error;
      }
    },
    forget: (id) => void known.delete(id),
  };
};
