// Boot order: which kinds are tried, in which order.
import { ArrowDown, ArrowUp } from 'lucide-react';
import { format } from '../../../../../shared/i18n/format.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import { IconButton } from '../../../components/Button.tsx';
import { CheckRow } from '../../../components/Form.tsx';
import { bootDevices, moved } from './draft.ts';
import type { SectionProps } from './section-props.ts';
import { Section, whenOf } from './Section.tsx';

export const BootOrder = ({ vm, config, onChange, isOffOnly }: SectionProps) => {
  const order = config.bootOrder;
  const rest = bootDevices.filter((device) => !order.includes(device));
  return (
    <Section
      title={format('hw.boot')}
      when={whenOf(isLive(vm.power), isOffOnly)}
      isLocked={isOffOnly}
    >
      <ol className="hw-rows">
        {order.map((device, index) => (
          <li key={device} className="hw-row slim">
            <span className="t3 num">{index + 1}</span>
            <div className="grow">
              <CheckRow
                label={format(`hw.boot.${device}`)}
                isOn
                onChange={() =>
                  order.length > 1 &&
                  onChange({ bootOrder: order.filter((other) => other !== device) })
                }
              />
            </div>
            <IconButton
              label={format('hw.boot.up', { device: format(`hw.boot.${device}`) })}
              look="flat"
              size="small"
              disabled={index === 0}
              onClick={() => onChange({ bootOrder: moved(order, index, -1) })}
            >
              <ArrowUp size={16} />
            </IconButton>
            <IconButton
              label={format('hw.boot.down', { device: format(`hw.boot.${device}`) })}
              look="flat"
              size="small"
              disabled={index === order.length - 1}
              onClick={() => onChange({ bootOrder: moved(order, index, 1) })}
            >
              <ArrowDown size={16} />
            </IconButton>
          </li>
        ))}
        {rest.map((device) => (
          <li key={device} className="hw-row slim">
            <span className="t3">–</span>
            <CheckRow
              label={format(`hw.boot.${device}`)}
              isOn={false}
              onChange={() => onChange({ bootOrder: [...order, device] })}
            />
          </li>
        ))}
      </ol>
    </Section>
  );
};
