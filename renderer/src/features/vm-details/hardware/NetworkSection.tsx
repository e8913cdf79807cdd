// The network adapters of a machine, a card each.
import { Plus } from 'lucide-react';
import { useEffect } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import { nicModelSchema } from '../../../../../shared/model/network.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import { Button } from '../../../components/Button.tsx';
import { forwardsOf } from '../../../model/forwards.ts';
import { useCapabilities } from '../../../state/app-store.ts';
import { freeId, randomMac, type HardwareProblems } from './draft.ts';
import { NicCard } from './NicCard.tsx';
import type { SectionProps } from './section-props.ts';
import { Section, whenOf } from './Section.tsx';
import { WorksOn } from './WorksOn.tsx';

const maxNics = 8;

export const NetworkSection = ({
  vm,
  config,
  onChange,
  problems,
  isOffOnly,
  works,
}: SectionProps & { readonly problems: HardwareProblems }) => {
  const live = isLive(vm.power);
  const { driver } = vm.definition;
  const models = useCapabilities(driver)?.nicModels ?? nicModelSchema.options;
  const offered = nicModelSchema.options.filter((model) => models.includes(model));
  const real = vm.definition.config.nics;
  // What was plugged in at once is no draft any more.
  const isSame = config.nics !== real && JSON.stringify(config.nics) === JSON.stringify(real);
  useEffect(() => {
    if (isSame) onChange({ nics: real });
  }, [isSame, onChange, real]);
  const add = (): void =>
    onChange({
      nics: [
        ...config.nics,
        {
          id: freeId('nic', config.nics),
          model: config.nics[0]?.model ?? offered[0] ?? 'e1000',
          mac: randomMac(Math.random),
          isCableConnected: true,
          attachment: { kind: 'nat', ipv6: true, forwards: [] },
        },
      ],
    });
  return (
    <Section
      title={format('fact.network')}
      when={whenOf(live, isOffOnly)}
      action={
        config.nics.length < maxNics && (
          <Button size="small" icon={<Plus size={14} />} disabled={isOffOnly} onClick={add}>
            {format('hw.nic.add')}
          </Button>
        )
      }
    >
      <WorksOn vm={vm} rows={works} group="networks" />
      {config.nics.length === 0 && <p className="t3">{format('hw.nic.none')}</p>}
      {config.nics.map((nic, index) => (
        <NicCard
          key={nic.id}
          vm={vm}
          nic={nic}
          number={index + 1}
          isOffOnly={isOffOnly}
          isMacBad={problems.macs.includes(nic.id)}
          models={offered.includes(nic.model) ? offered : [...offered, nic.model]}
          others={config.nics.flatMap(forwardsOf)}
          isInDraft={config.nics !== vm.definition.config.nics}
          onChange={(next) =>
            onChange({ nics: config.nics.map((row) => (row.id === nic.id ? next : row)) })
          }
          onRemove={() => onChange({ nics: config.nics.filter((row) => row.id !== nic.id) })}
        />
      ))}
    </Section>
  );
};
