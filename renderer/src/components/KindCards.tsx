// Cards to choose one from: a kind of network or a mode of an adapter, each with a sentence and a mark.
import { Ellipsis, EthernetPort, Globe, Laptop, Lock, Share2, Unplug } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useId, type ReactNode } from 'react';
import type { NicAttachment } from '../../../shared/model/network.ts';

const icons: Readonly<Record<NicAttachment['kind'], typeof Globe>> = {
  nat: Globe,
  natNetwork: Share2,
  internal: Lock,
  hostOnly: Laptop,
  bridged: EthernetPort,
  none: Unplug,
  other: Ellipsis,
};

export const KindIcon = ({
  kind,
  size = 16,
}: {
  readonly kind: NicAttachment['kind'];
  readonly size?: 14 | 16 | 20;
}) => {
  const Icon = icons[kind];
  return <Icon size={size} aria-hidden="true" />;
};

export interface KindCard<K extends NicAttachment['kind']> {
  readonly value: K;
  readonly title: string;
  readonly say: string;
  /** Whether it works here: shape, word and colour. */
  readonly mark?: ReactNode;
  /** Not possible: still readable, with the reason in its sentence. */
  readonly isRefused?: boolean;
  /** Cannot be chosen now. */
  readonly isDisabled?: boolean;
}

export const KindCards = <K extends NicAttachment['kind']>({
  label,
  value,
  cards,
  onChange,
  disabled = false,
}: {
  readonly label: string;
  readonly value: K;
  readonly cards: readonly KindCard<K>[];
  readonly onChange: (value: K) => void;
  readonly disabled?: boolean;
}) => {
  const id = useId();
  return (
    <RadioGroup.Root
      className="modes"
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as K)}
      disabled={disabled}
    >
      {cards.map((card) => (
        <RadioGroup.Item
          key={card.value}
          value={card.value}
          disabled={card.isDisabled === true}
          className={card.isRefused ? 'mode refused' : 'mode'}
          aria-label={card.title}
          aria-describedby={
            card.mark === undefined
              ? `${id}-${card.value}`
              : `${id}-${card.value} ${id}-${card.value}-mark`
          }
        >
          <span className="mode-head">
            <KindIcon kind={card.value} />
            <b>{card.title}</b>
            {card.mark !== undefined && (
              <span className="end" id={`${id}-${card.value}-mark`}>
                {card.mark}
              </span>
            )}
          </span>
          <span className="mode-say" id={`${id}-${card.value}`}>
            {card.say}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
};
