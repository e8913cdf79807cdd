// Told once, on every tab of the machine: this run began on another engine than decided, and why.
import { X } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { EngineTile } from '../../components/Parts.tsx';
import { asSentence } from '../../components/sentence.ts';
import { engineTitle, useAppStore, useEngineInfo } from '../../state/app-store.ts';
import { openDialog } from '../../state/ui-store.ts';

export const FallbackBand = ({ vm }: { readonly vm: Vm }) => {
  const actions = useActions();
  const { fallback } = vm;
  const info = useEngineInfo(fallback?.to);
  const from = useAppStore((s) => (fallback ? engineTitle(s.state, fallback.from) : ''));
  const to = useAppStore((s) => (fallback ? engineTitle(s.state, fallback.to) : ''));
  if (!fallback) return null;
  const { id, name } = vm.definition;
  return (
    <section className="fallback" role="status" aria-label={format('engines.fallback')}>
      <EngineTile info={info} />
      <div className="fallback-say">
        <div className="grow selectable">
          <p>
            <b>{format('engines.fellBack', { name, to, from })}</b>
          </p>
          <p className="t2">{asSentence(fallback.reason)}</p>
        </div>
        <Button onClick={() => openDialog({ kind: 'why', vm: id })}>{format('why.button')}</Button>
      </div>
      <IconButton
        label={format('common.dismiss')}
        look="flat"
        onClick={() => void actions.attempt(actions.client.vm.dismissFallback({ id }), id)}
      >
        <X size={16} />
      </IconButton>
    </section>
  );
};
