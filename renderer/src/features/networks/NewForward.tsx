// A new port forward: where to, and which port here; what is wrong or taken is said while it is typed.
import { useMemo, useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import { Button } from '../../components/Button.tsx';
import { SelectField } from '../../components/Form.tsx';
import { ForwardButtons, ForwardFields } from '../../components/ForwardFields.tsx';
import { useJudged } from '../../hooks/use-forward-draft.ts';
import { nextForward, type ForwardDraft, type ForwardRow } from '../../model/forwards.ts';
import { membersOf, sortedNetworks, sortedVms } from '../../model/network-members.ts';
import { useAppStore, useVmTable } from '../../state/app-store.ts';
import { useForwardChanges, type ForwardTarget } from './use-forwards.ts';

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly target: ForwardTarget;
}

/** Every adapter that is behind a NAT: its own, or a NAT network's. */
const useChoices = (): readonly Choice[] => {
  const vms = useVmTable();
  const networks = useAppStore((s) => s.state.networks);
  return useMemo(() => {
    const own = sortedVms(vms).flatMap((vm) =>
      vm.definition.config.nics.flatMap((nic, index): readonly Choice[] => {
        const { id, name } = vm.definition;
        return nic.attachment.kind === 'nat'
          ? [
              {
                value: `${id}/${nic.id}`,
                label: format('forward.toNic', { name, number: index + 1 }),
                target: { kind: 'nic', owner: { kind: 'nic', vm: id, nic: nic.id } },
              },
            ]
          : [];
      }),
    );
    const shared = sortedNetworks(networks)
      .filter(({ kind }) => kind === 'natNetwork')
      .flatMap((network) =>
        membersOf(network, vms).map(({ vm, nic }): Choice => ({
          value: `${network.id}//${vm.definition.id}/${nic.id}`,
          label: format('forward.toMember', { name: vm.definition.name, network: network.name }),
          target: {
            kind: 'network',
            network: network.id,
            to: { kind: 'nic', vm: vm.definition.id, nic: nic.id },
          },
        })),
      );
    return [...own, ...shared];
  }, [vms, networks]);
};

export const NewForward = ({
  rows,
  onDone,
}: {
  readonly rows: readonly ForwardRow[];
  readonly onDone: () => void;
}) => {
  const choices = useChoices();
  const { add } = useForwardChanges();
  const [chosen, setChosen] = useState<string>();
  const [draft, setDraft] = useState<ForwardDraft>(() => nextForward(rows));
  const choice = choices.find(({ value }) => value === chosen) ?? choices[0];
  const judged = useJudged(draft, rows);
  if (!choice)
    return (
      <div className="row">
        <p className="t2 grow">{format('forward.noTarget')}</p>
        <Button size="small" onClick={onDone}>
          {format('common.close')}
        </Button>
      </div>
    );
  return (
    <form
      className="nw-new-forward"
      aria-label={format('hw.forward.add')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!judged.canAdd) return;
        void add(choice.target, draft).then((isDone) => isDone && onDone());
      }}
    >
      <SelectField
        label={format('networks.leadsTo')}
        value={choice.value}
        options={choices}
        onChange={setChosen}
      />
      <ForwardFields draft={draft} judged={judged} onChange={setDraft} />
      <ForwardButtons
        judged={judged}
        onPort={(hostPort) => setDraft({ ...draft, hostPort })}
        onCancel={onDone}
      />
    </form>
  );
};
