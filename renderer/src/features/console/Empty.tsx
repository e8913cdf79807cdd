// What stands in the console's place while there is no console: one sentence and the one thing to do.
import { Play, Undo2 } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import { allowedActions, type PowerState } from '../../../../shared/model/power.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { StateMark } from '../../components/marks.tsx';

type Sentence = 'off' | 'saved' | 'crashed' | 'damaged' | 'busy';

const sentenceOf = (power: PowerState): Sentence =>
  power === 'off' || power === 'saved' || power === 'crashed' || power === 'damaged'
    ? power
    : 'busy';

export const Empty = ({ vm, power }: { readonly vm: Vm; readonly power: PowerState }) => {
  const { id, name } = vm.definition;
  const actions = useActions();
  const canStart = allowedActions(power).includes('start');
  const isSaved = power === 'saved';
  return (
    <div className="con-empty">
      <StateMark state={power} />
      <p>{format(`console.empty.${sentenceOf(power)}`, { name })}</p>
      {canStart && (
        <Button
          look="primary"
          icon={isSaved ? <Undo2 size={16} /> : <Play size={16} />}
          onClick={() => actions.start(id)}
        >
          {format(isSaved ? 'console.restore' : 'action.start')}
        </Button>
      )}
    </div>
  );
};
