// The addresses of a running guest with where they are known from, to copy; link-local ones come last.
import { format } from '../../../../shared/i18n/format.ts';
import type { GuestAddress } from '../../../../shared/model/networks.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { CopyIcon } from '../../components/Button.tsx';
import { useAddresses } from '../../hooks/use-addresses.ts';

const isLinkLocal = ({ address }: GuestAddress): boolean => /^(fe80:|169\.254\.)/i.test(address);
/** What people paste first: IPv4, then IPv6, then what works on the same wire only. */
const rank = (row: GuestAddress): number =>
  isLinkLocal(row) ? 2 : row.address.includes(':') ? 1 : 0;

export const GuestAddresses = ({ vm }: { readonly vm: Vm }) => {
  const addresses = useAddresses(vm);
  if (!addresses) return null;
  const rows = [...addresses].sort((a, b) => rank(a) - rank(b));
  const { nics } = vm.definition.config;
  return (
    <>
      <dt>{format('addresses.title')}</dt>
      <dd>
        {rows.length === 0 && <span className="t3">{format('addresses.none')}</span>}
        {rows.map((row) => {
          const number = nics.findIndex((nic) => nic.id === row.nic) + 1;
          return (
            <div key={`${row.nic ?? ''} ${row.address}`} className="guest-address">
              <code className="mono">{row.address}</code>
              <CopyIcon text={row.address} what={row.address} />
              <span className="t3 xs">
                {nics.length > 1 && number > 0 && `${format('hw.nic', { number })}, `}
                {format(`addresses.source.${row.source}`)}
              </span>
            </div>
          );
        })}
      </dd>
    </>
  );
};
