// Display adapter and the small devices: serial port, tablet, guest agent.
import { format } from '../../../../../shared/i18n/format.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import { displayAdapterSchema } from '../../../../../shared/model/vm-config.ts';
import { SelectField, SwitchRow } from '../../../components/Form.tsx';
import { useCapabilities } from '../../../state/app-store.ts';
import type { SectionProps } from './section-props.ts';
import { Section, whenOf } from './Section.tsx';
import { WorksOn } from './WorksOn.tsx';

export const OtherSection = ({ vm, config, onChange, isOffOnly, works }: SectionProps) => {
  const adapters =
    useCapabilities(vm.definition.driver)?.displayAdapters ?? displayAdapterSchema.options;
  const offered = displayAdapterSchema.options.filter(
    (adapter) => adapters.includes(adapter) || adapter === config.display,
  );
  return (
    <Section
      title={format('hw.other')}
      when={whenOf(isLive(vm.power), isOffOnly)}
      isLocked={isOffOnly}
    >
      <WorksOn vm={vm} rows={works} group="devices" />
      <div style={{ maxWidth: '20rem' }}>
        <SelectField
          label={format('hw.display')}
          value={config.display}
          options={offered.map((value) => ({ value, label: format(`hw.display.${value}`) }))}
          onChange={(display) => onChange({ display })}
        />
      </div>
      <SwitchRow
        label={format('hw.serial')}
        help={format('hw.serialHelp')}
        isOn={config.hasSerialPort}
        onChange={(hasSerialPort) => onChange({ hasSerialPort })}
      />
      <SwitchRow
        label={format('hw.tablet')}
        help={format('hw.tabletHelp')}
        isOn={config.hasUsbTablet}
        onChange={(hasUsbTablet) => onChange({ hasUsbTablet })}
      />
      <SwitchRow
        label={format('hw.agent')}
        help={format('hw.agentHelp')}
        isOn={config.hasGuestAgent}
        onChange={(hasGuestAgent) => onChange({ hasGuestAgent })}
      />
    </Section>
  );
};
