// The guest's addresses as VirtualBox's Guest Additions tell them, by guest properties.
import type { Nic } from '../../../../shared/model/network.ts';
import type { GuestAddress } from '../../../../shared/model/networks.ts';
import type { VBoxManage } from '../vboxmanage.ts';

const pattern = '/VirtualBox/GuestInfo/Net/*';

/** `guestproperty enumerate`: `/path = 'value' @ time flags`, a line each. */
export const parseAddresses = (printed: string, nics: readonly Nic[]): readonly GuestAddress[] => {
  const rows = printed.matchAll(/^\/VirtualBox\/GuestInfo\/Net\/(\d+)\/(\S+)\s+= '([^']*)'/gm);
  const found = new Map<string, string>();
  for (const [, index = '', key = '', value = ''] of rows) found.set(`${index} ${key}`, value);
  return [...found].flatMap(([place, address]): GuestAddress[] => {
    const [index = '', key = ''] = place.split(' ');
    if (!/^V[46]\/IP$/.test(key) || address === '' || address === '0.0.0.0') return [];
    const mac = found.get(`${index} MAC`)?.toLowerCase();
    const nic = nics.find((row) => row.mac.replaceAll(':', '') === mac)?.id;
    return [{ ...(nic === undefined ? {} : { nic }), address, source: 'guestAdditions' }];
  });
};

/** Empty where the guest says nothing, or cannot be asked. */
export const readAddresses = (
  manage: VBoxManage,
  vm: string,
  nics: readonly Nic[],
): Promise<readonly GuestAddress[]> =>
  manage.read(['guestproperty', 'enumerate', vm, '--patterns', pattern]).then(
    (printed) => parseAddresses(printed, nics),
    () => [],
  );
