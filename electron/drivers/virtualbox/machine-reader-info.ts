// Reads a machine from `showvminfo --machinereadable`: the complete fallback where there is no web service, at the
// cost of a process per machine.
import type { DriveFacts, MachineFacts, NicFacts } from './definition.ts';
import { forwardsOf, reachingHost, valueOf, type VmInfo } from './parse-vminfo.ts';

const modes: Readonly<Record<string, NicFacts['mode']>> = {
  null: 'none',
  nat: 'nat',
  natnetwork: 'natNetwork',
  bridged: 'bridged',
  intnet: 'internal',
  hostonly: 'hostOnly',
  generic: 'generic',
};
/** Key that names the network of a mode; the number of the adapter follows. */
const networkKeys: Readonly<Record<string, readonly string[]>> = {
  natNetwork: ['nat-network', 'natnetwork'],
  bridged: ['bridgeadapter'],
  internal: ['intnet'],
  hostOnly: ['hostonlyadapter'],
  generic: ['generic'],
};

const nicsOf = (info: VmInfo): readonly NicFacts[] => {
  const forwards = forwardsOf(info);
  const reaching = reachingHost(info);
  return [1, 2, 3, 4, 5, 6, 7, 8].flatMap((number): NicFacts[] => {
    const get = (key: string): string | undefined => valueOf(info.pairs, `${key}${number}`);
    const printed = get('nic') ?? 'none';
    // `none`: there is no such adapter. `null`: there is one, attached to nothing.
    if (printed === 'none') return [];
    const mode = modes[printed.toLowerCase()] ?? 'other';
    const network = (networkKeys[mode] ?? []).map(get).find((value) => value !== undefined);
    const natName = get('natnet') ?? '';
    return [
      {
        slot: number - 1,
        type: get('nictype') ?? '',
        mac: get('macaddress') ?? '',
        isCableConnected: get('cableconnected') === 'on',
        mode,
        network: mode === 'nat' ? natName.replace(/^nat$/, '') : (network ?? printed),
        hasIpv6: false,
        mayReachHost: reaching.has(number),
        forwards: forwards.filter((row) => row.nic === number),
      },
    ];
  });
};

interface Controller {
  readonly name: string;
  readonly type: string;
}
const controllersOf = (info: VmInfo): readonly Controller[] =>
  info.pairs.flatMap(({ key, value }): Controller[] => {
    const number = /^storagecontrollername(\d+)$/.exec(key)?.[1];
    if (number === undefined) return [];
    return [{ name: value, type: valueOf(info.pairs, `storagecontrollertype${number}`) ?? '' }];
  });

const drivesOf = (info: VmInfo): readonly DriveFacts[] =>
  controllersOf(info).flatMap(({ name, type }) =>
    info.pairs.flatMap(({ key, value }): DriveFacts[] => {
      if (!key.startsWith(`${name}-`) || value === 'none') return [];
      const place = /^(\d+)-(\d+)$/.exec(key.slice(name.length + 1));
      if (!place) return [];
      const [port, device] = [Number(place[1]), Number(place[2])];
      const isEmpty = value === 'emptydrive';
      const isOptical =
        isEmpty ||
        valueOf(info.pairs, `${name}-IsEjected-${port}-${device}`) !== undefined ||
        valueOf(info.pairs, `${name}-tempeject-${port}-${device}`) !== undefined ||
        /\.(?:iso|viso|dmg|cdr)$/i.test(value);
      const kind = type === 'I82078' ? 'floppy' : isOptical ? 'cd' : 'disk';
      const path = isEmpty ? undefined : value;
      return [{ kind, controller: name, controllerType: type, port, device, path }];
    }),
  );

export const readInfoFacts = (info: VmInfo, createdAtMs: number): MachineFacts => {
  const get = (key: string): string => valueOf(info.pairs, key) ?? '';
  return {
    id: info.id,
    name: info.name,
    osType: get('ostype'),
    description: get('description'),
    settingsFile: info.settingsFile,
    logFolder: info.logFolder,
    createdAtMs,
    vcpus: Number(get('cpus')),
    memoryMiB: Number(get('memory')),
    firmware: get('firmware'),
    chipset: get('chipset'),
    graphics: get('graphicscontroller'),
    pointing: get('hidpointing'),
    isClockUtc: get('rtcuseutc') === 'on',
    hasSerialPort: !['', 'off'].includes(get('uart1')),
    bootOrder: ['boot1', 'boot2', 'boot3', 'boot4'].map(get),
    drives: drivesOf(info),
    nics: nicsOf(info),
  };
};
