// "Does the guest have an address": asked once, answered in words.
import { useState } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { Nic } from '../../../../../shared/model/network.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button } from '../../../components/Button.tsx';
import type { SectionProps } from './section-props.ts';

export const AddressTest = ({
  vm,
  nic,
}: {
  readonly vm: SectionProps['vm'];
  readonly nic: Nic;
}) => {
  const actions = useActions();
  const [said, setSaid] = useState<string>();
  const { id } = vm.definition;
  const test = async (): Promise<void> => {
    setSaid(format('adapter.testing'));
    const answer = await actions.attempt(actions.client.network.addresses({ id }), id);
    // One whose adapter is not known may be this one's.
    const own = answer?.addresses.filter((row) => row.nic === undefined || row.nic === nic.id);
    setSaid(
      own &&
        (own.length === 0
          ? format('adapter.noAddress')
          : format('adapter.hasAddress', {
              addresses: own.map(({ address }) => address).join(', '),
            })),
    );
  };
  return (
    <div className="ad-make">
      <Button size="small" onClick={() => void test()}>
        {format('adapter.test')}
      </Button>
      <span className="xs t2 selectable" role="status">
        {said}
      </span>
    </div>
  );
};
