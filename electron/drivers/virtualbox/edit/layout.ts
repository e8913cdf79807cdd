// A machine's storage controllers and what is attached where, from `showvminfo`: an edit must know the empty places too.
import type { DiskBus } from '../../../../shared/model/vm-config.ts';
import { controllerByVirtualBoxName } from '../device-names.ts';
import { valueOf, type VmInfo } from '../parse-vminfo.ts';
import type { Place } from './places.ts';

export interface Controller {
  readonly name: string;
  /** `undefined`: a controller we have no word for. */
  readonly bus: DiskBus | 'floppy' | undefined;
  readonly ports: number;
  readonly maxPorts: number;
}

interface Attached extends Place {
  /** Path, or `emptydrive`. */
  readonly medium: string;
}

export interface Layout {
  readonly controllers: readonly Controller[];
  readonly attached: readonly Attached[];
}

export const emptyLayout: Layout = { controllers: [], attached: [] };

export const devicesPerPort = (bus: Controller['bus']): number =>
  bus === 'ide' || bus === 'floppy' ? 2 : 1;

const attachedTo = (info: VmInfo, { name, bus, ports }: Controller): readonly Attached[] =>
  Array.from({ length: ports }, (_, port) => port).flatMap((port) =>
    Array.from({ length: devicesPerPort(bus) }, (_, device) => device).flatMap((device) => {
      const medium = valueOf(info.pairs, `${name}-${port}-${device}`);
      return medium === undefined || medium === 'none'
        ? []
        : [{ controller: name, port, device, medium }];
    }),
  );

export const readLayout = (info: VmInfo): Layout => {
  const controllers = info.pairs.flatMap(({ key, value }): readonly Controller[] => {
    const number = /^storagecontrollername(\d+)$/.exec(key)?.[1];
    if (number === undefined) return [];
    const read = (word: string): string =>
      valueOf(info.pairs, `storagecontroller${word}${number}`) ?? '';
    return [
      {
        name: value,
        bus: controllerByVirtualBoxName(read('type'))?.bus,
        ports: Number(read('portcount')),
        maxPorts: Number(read('maxportcount')),
      },
    ];
  });
  return { controllers, attached: controllers.flatMap((row) => attachedTo(info, row)) };
};
