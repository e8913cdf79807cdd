// Processors, memory, firmware, machine.
import { format } from '../../../../../shared/i18n/format.ts';
import type { MiB } from '../../../../../shared/model/brand.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import { NumberField, SelectField, SwitchRow, TextField } from '../../../components/Form.tsx';
import { showMib } from '../../../components/units.ts';
import { useCapabilities, useHost } from '../../../state/app-store.ts';
import type { HardwareProblems } from './draft.ts';
import type { SectionProps } from './section-props.ts';
import { Section, whenOf } from './Section.tsx';
import { WorksOn } from './WorksOn.tsx';

export const SystemSection = ({
  vm,
  config,
  onChange,
  problems,
  maxVcpus,
  isOffOnly,
  works,
}: SectionProps & { readonly problems: HardwareProblems; readonly maxVcpus: number }) => {
  const host = useHost();
  const firmware = useCapabilities(vm.definition.driver)?.firmware ?? ['bios'];
  const hasSecure = firmware.includes('uefi-secure');
  return (
    <Section
      title={format('hw.system')}
      when={whenOf(isLive(vm.power), isOffOnly)}
      isLocked={isOffOnly}
    >
      <WorksOn vm={vm} rows={works} group="engines" />
      <WorksOn vm={vm} rows={works} group="guests" />
      <div className="form-3">
        <NumberField
          label={format('fact.processors')}
          value={config.vcpus}
          min={1}
          max={maxVcpus}
          onChange={(vcpus) => onChange({ vcpus })}
          problem={problems.vcpus ? format('new.vcpusRange', { max: maxVcpus }) : undefined}
          warning={
            host && config.vcpus > host.cpus
              ? format('new.vcpusAboveHost', { cpus: host.cpus })
              : undefined
          }
          help={host && format('new.hostCpus', { cpus: host.cpus })}
        />
        <NumberField
          label={format('fact.memory')}
          unit="MiB"
          aside={Number.isNaN(config.memory) ? '' : showMib(config.memory)}
          value={config.memory}
          min={4}
          onChange={(memory) => onChange({ memory: memory as MiB })}
          problem={
            problems.memory === 'aboveHost' && host
              ? format('new.memoryAboveHost', { memory: showMib(host.memoryMiB) })
              : problems.memory === 'tooSmall'
                ? format('new.memoryTooSmall', { min: 4 })
                : undefined
          }
          help={host && format('new.hostMemory', { memory: showMib(host.memoryMiB) })}
        />
        <SelectField
          label={format('fact.firmware')}
          value={config.firmware.kind}
          options={[
            { value: 'bios' as const, label: format('fact.bios') },
            { value: 'uefi' as const, label: format('fact.uefi') },
          ].filter(
            (option) => firmware.includes(option.value) || option.value === config.firmware.kind,
          )}
          onChange={(kind) =>
            onChange({ firmware: { ...config.firmware, kind, isSecureBoot: undefined } })
          }
          help={firmware.includes('uefi') ? undefined : format('hw.noUefi')}
        />
        <TextField
          label={format('hw.machine')}
          value={config.machineType}
          readOnly
          onChange={() => undefined}
          help={format('hw.machineHelp')}
        />
        <SelectField
          label={format('hw.rtc')}
          value={config.rtcBase}
          options={[
            { value: 'utc', label: format('hw.rtc.utc') },
            { value: 'localtime', label: format('hw.rtc.localtime') },
          ]}
          onChange={(rtcBase) => onChange({ rtcBase })}
          help={format('hw.rtcHelp')}
        />
      </div>
      {hasSecure && config.firmware.kind === 'uefi' && (
        <SwitchRow
          label={format('hw.secureBoot')}
          isOn={config.firmware.isSecureBoot === true}
          onChange={(isSecureBoot) => onChange({ firmware: { ...config.firmware, isSecureBoot } })}
        />
      )}
    </Section>
  );
};
