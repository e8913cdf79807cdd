// The Hardware tab: a draft over the definition, saved as one edit; what can change live changes at once.
import { useState } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import { isLive } from '../../../../../shared/model/power.ts';
import type { Vm } from '../../../../../shared/model/vm.ts';
import { useActions } from '../../../actions/actions.ts';
import { Button } from '../../../components/Button.tsx';
import { Note } from '../../../components/Parts.tsx';
import { useCompatRows } from '../../../hooks/use-compat-rows.ts';
import { useCapabilities, useHost } from '../../../state/app-store.ts';
import { showToast } from '../../../state/ui-store.ts';
import { BootOrder } from './BootOrder.tsx';
import { DisksSection } from './DisksSection.tsx';
import { DrivesSection } from './DrivesSection.tsx';
import {
  change,
  effectiveConfig,
  hardwareProblems,
  hasProblem,
  isChanged,
  noChange,
  type ConfigChange,
  type HardwareDraft,
} from './draft.ts';
import { NetworkSection } from './NetworkSection.tsx';
import { OtherSection } from './OtherSection.tsx';
import { PolicySection } from './PolicySection.tsx';
import type { SectionProps } from './section-props.ts';
import { SystemSection } from './SystemSection.tsx';

export const Hardware = ({ vm }: { readonly vm: Vm }) => {
  const actions = useActions();
  const host = useHost();
  const { definition } = vm;
  const capabilities = useCapabilities(definition.driver);
  const maxVcpus = capabilities?.maxVcpus ?? 1;
  const { rows: works } = useCompatRows(definition.id);
  const [draft, setDraft] = useState<HardwareDraft>(noChange);
  const [isSaving, setSaving] = useState(false);
  const config = effectiveConfig(definition, draft);
  const problems = hardwareProblems(config, { maxVcpus, hostMemoryMiB: host?.memoryMiB });
  const live = isLive(vm.power);
  const isSaved = vm.power === 'saved';
  const isDirty = isChanged(draft);
  const onChange = (part: ConfigChange): void => setDraft((now) => change(definition, now, part));

  const apply = async (): Promise<void> => {
    setSaving(true);
    const result = await actions.attempt(
      actions.client.vm.edit({
        id: definition.id,
        ...(Object.keys(draft.config).length > 0 ? { config } : {}),
        ...(draft.notes === undefined ? {} : { notes: draft.notes }),
        ...(draft.quitPolicy === undefined ? {} : { quitPolicy: draft.quitPolicy }),
      }),
      definition.id,
    );
    setSaving(false);
    if (!result) return;
    setDraft(noChange);
    showToast(format(result.appliesAt === 'now' ? 'hw.applied' : 'hw.appliedLater'));
  };

  const isOffOnly = live && capabilities?.canEditWhileRunning === false;
  const section: SectionProps = { vm, config, onChange, isOffOnly, works };
  return (
    <form
      className="hw"
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty && !hasProblem(problems)) void apply();
      }}
    >
      <div className="hw-body">
        {isSaved && <Note tone="warn">{format('hw.savedNote')}</Note>}
        {live && <Note tone="info">{format(isOffOnly ? 'hw.liveOffNote' : 'hw.liveNote')}</Note>}
        <fieldset disabled={isSaved} className="hw-sections">
          <SystemSection {...section} problems={problems} maxVcpus={maxVcpus} />
          <DisksSection {...section} isDirty={isDirty} />
          <DrivesSection {...section} />
          <BootOrder {...section} />
          <NetworkSection {...section} problems={problems} />
          <OtherSection {...section} />
        </fieldset>
        <PolicySection vm={vm} draft={draft} onChange={setDraft} />
      </div>
      <div className="foot hw-foot" data-dirty={isDirty}>
        <span className="t2 grow" role="status">
          {format(
            !isDirty
              ? 'hw.clean'
              : live && Object.keys(draft.config).length > 0
                ? 'hw.dirtyLive'
                : 'hw.dirty',
          )}
        </span>
        <Button disabled={!isDirty || isSaving} onClick={() => setDraft(noChange)}>
          {format('hw.discard')}
        </Button>
        <Button
          type="submit"
          look="primary"
          disabled={!isDirty || isSaving || hasProblem(problems)}
        >
          {format('hw.apply')}
        </Button>
      </div>
    </form>
  );
};
