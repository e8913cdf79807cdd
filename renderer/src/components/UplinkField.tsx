// Which of this computer's network cards is the way out; one that cannot be says why.
import { useEffect, useState } from 'react';
import { format, formatText } from '../../../shared/i18n/format.ts';
import type { HostInterface } from '../../../shared/model/networks.ts';
import { useClient } from '../bridge/context.ts';
import { SelectField } from './Form.tsx';

export const useUplinks = (): readonly HostInterface[] | undefined => {
  const client = useClient();
  const [interfaces, setInterfaces] = useState<readonly HostInterface[]>();
  useEffect(() => {
    let isStale = false;
    client.network.uplinks({}).then(
      (answer) => {
        if (!isStale) setInterfaces(answer.interfaces);
      },
      () => {
        if (!isStale) setInterfaces([]);
      },
    );
    return () => {
      isStale = true;
    };
  }, [client]);
  return interfaces;
};

const describe = (card: HostInterface): string => {
  const facts = [
    card.name,
    ...card.addresses.slice(0, 1),
    ...(card.isDefaultRoute ? [format('uplink.defaultRoute')] : []),
    ...(card.hasCarrier ? [] : [format('uplink.noCable')]),
    ...(card.refusal ? [format('uplink.refused')] : []),
  ];
  return facts.join(' · ');
};

export const UplinkField = ({
  value,
  problem,
  onChange,
  disabled = false,
}: {
  readonly value: string;
  readonly problem?: string | undefined;
  readonly onChange: (uplink: string) => void;
  readonly disabled?: boolean;
}) => {
  const interfaces = useUplinks();
  const cards = interfaces ?? [];
  const chosen = cards.find((card) => card.name === value);
  const isGone = interfaces !== undefined && value !== '' && !chosen;
  const options = [
    ...cards.map((card) => ({ value: card.name, label: describe(card) })),
    ...(value !== '' && !chosen ? [{ value, label: value }] : []),
  ];
  if (interfaces && options.length === 0)
    return <p className="help warn">{format('uplink.none')}</p>;
  const refusal = chosen?.refusal && formatText(chosen.refusal);
  return (
    <SelectField
      label={format('hw.nic.uplink')}
      value={value}
      options={options}
      onChange={onChange}
      disabled={disabled}
      problem={refusal ?? problem}
      warning={
        isGone
          ? format('uplink.gone', { uplink: value })
          : chosen && !chosen.hasCarrier
            ? format('uplink.noCarrier', { uplink: value })
            : undefined
      }
      help={format('uplink.help')}
    />
  );
};
