// Switching a machine to another engine: what changes and what is lost comes first; nothing happens by looking.
import { ArrowRight, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isFailure, type AppError } from '../../../../shared/contract/errors.ts';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { EngineId, VmId } from '../../../../shared/model/brand.ts';
import type { SwitchPreview } from '../../../../shared/model/compat-table.ts';
import type { Backend } from '../../../../shared/model/driver.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { Text } from '../../../../shared/model/text.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { CheckRow } from '../../components/Form.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { EngineBadge, Note } from '../../components/Parts.tsx';
import { RemedyLine } from '../../components/RemedyLine.tsx';
import { asSentence } from '../../components/sentence.ts';
import { ErrorCard } from '../../errors/ErrorCard.tsx';
import { engineTitle, useAppStore, useEngineInfo, useVm } from '../../state/app-store.ts';
import { closeDialog, showToast } from '../../state/ui-store.ts';

interface Answer {
  readonly preview?: SwitchPreview;
  readonly error?: AppError;
}

/** Asked again when the machine changes: a saved one may have been resumed meanwhile. */
const usePreview = (vm: Vm, engine: EngineId): Answer => {
  const { client } = useActions();
  const [answer, setAnswer] = useState<Answer>({});
  const { definition, power } = vm;
  useEffect(() => {
    let isStale = false;
    client.vm.previewSwitch({ id: definition.id, engine }).then(
      (preview) => {
        if (!isStale) setAnswer({ preview });
      },
      (error: unknown) => {
        if (!isStale && isFailure(error)) setAnswer({ error: error.error });
      },
    );
    return () => {
      isStale = true;
    };
  }, [client, definition, power, engine]);
  return answer;
};

export const SwitchDialog = ({ id, engine }: { readonly id: VmId; readonly engine: EngineId }) => {
  const vm = useVm(id);
  return vm ? <Switch vm={vm} engine={engine} /> : null;
};

const Switch = ({ vm, engine }: { readonly vm: Vm; readonly engine: EngineId }) => {
  const actions = useActions();
  const { preview, error } = usePreview(vm, engine);
  const [isLasting, setLasting] = useState(false);
  const [discardSaved, setDiscard] = useState(false);
  const { id, name, driver } = vm.definition;
  const title = useAppStore((s) => engineTitle(s.state, { driver, engine }));
  const isBlocked = preview?.savedState === 'blocks' && !discardSaved;
  const canSwitch = preview !== undefined && preview.verdict !== 'refused' && !isBlocked;
  const canStart =
    canSwitch && !discardSaved && ['off', 'saved', 'crashed'].includes(vm.power) && !vm.pending;

  const apply = async (): Promise<void> => {
    const done = await actions.attempt(
      actions.client.vm
        .switchEngine({ id, engine, isLasting, discardSaved })
        .then(() => 'done' as const),
      id,
    );
    if (done === undefined) return;
    closeDialog();
    showToast(format('engines.switched', { name, engine: title }));
  };

  return (
    <Dialog
      isWide
      title={format('engines.switchTitle', { name, engine: title })}
      onClose={closeDialog}
      footer={
        <>
          {canStart && (
            <Button
              look="flat"
              icon={<Play size={16} />}
              onClick={() => {
                closeDialog();
                actions.start(id, { engine, hasConsent: true });
              }}
            >
              {format('engines.startOnce')}
            </Button>
          )}
          <Button className="end" onClick={closeDialog}>
            {format(preview?.verdict === 'refused' ? 'common.close' : 'common.cancel')}
          </Button>
          {preview?.verdict !== 'refused' && (
            <Button look="primary" disabled={!canSwitch} onClick={() => void apply()}>
              {format('engines.doSwitch')}
            </Button>
          )}
        </>
      }
    >
      {error && (
        <ErrorCard error={error} hasVm onAction={(action) => actions.handleError(action, id)} />
      )}
      {preview && (
        <>
          <Way from={preview.from} to={preview.to} />
          <Verdict preview={preview} />
          {isLive(vm.power) && <p className="t2">{format('engines.switchNext')}</p>}
          <Lines title={format('engines.changes')} texts={preview.changes} isLoss={false} />
          <Lines title={format('engines.lost')} texts={preview.lost} isLoss />
          {preview.verdict !== 'refused' &&
            preview.changes.length === 0 &&
            preview.lost.length === 0 && <p className="t2">{format('engines.noChange')}</p>}
          {preview.verdict !== 'refused' && (
            <>
              <SavedState
                vm={vm}
                preview={preview}
                discardSaved={discardSaved}
                onChange={setDiscard}
              />
              {preview.lastingWarning && (
                <div className="col" style={{ gap: 'var(--s-1)' }}>
                  <CheckRow
                    label={format('engines.lasting')}
                    isOn={isLasting}
                    onChange={setLasting}
                  />
                  <p className={isLasting ? 'help warn' : 'help'}>
                    {formatText(preview.lastingWarning)}
                  </p>
                </div>
              )}
            </>
          )}
        </>
      )}
    </Dialog>
  );
};

const Way = ({ from, to }: { readonly from: Backend | undefined; readonly to: Backend }) => {
  const before = useEngineInfo(from);
  const after = useEngineInfo(to);
  return (
    <div className="row wrap">
      {before && <EngineBadge info={before} standing="expected" isLong />}
      {before && <ArrowRight size={16} aria-label={format('engines.becomes')} />}
      {after && <EngineBadge info={after} standing="expected" isLong />}
    </div>
  );
};

const verdictTone = {
  possible: 'info',
  needsConsent: 'warn',
  refused: 'err',
  unknown: 'warn',
} as const;

const Verdict = ({ preview }: { readonly preview: SwitchPreview }) => (
  <>
    {preview.verdict !== 'possible' && (
      <Note tone={verdictTone[preview.verdict]}>
        <p>
          <b>{format(`engines.verdict.${preview.verdict}`)}</b>
        </p>
        {preview.reasons.map((reason, index) => (
          <p key={`${reason.key}-${index}`}>{asSentence(reason)}</p>
        ))}
      </Note>
    )}
    {preview.remedy && <RemedyLine remedy={preview.remedy} />}
  </>
);

const Lines = ({
  title,
  texts,
  isLoss,
}: {
  readonly title: string;
  readonly texts: readonly Text[];
  readonly isLoss: boolean;
}) =>
  texts.length === 0 ? null : (
    <section>
      <h3 className="sec">{title}</h3>
      <ul className="switch-lines">
        {texts.map((line, index) => (
          <li key={`${line.key}-${index}`}>
            <span className={isLoss ? 'tone-err' : 'tone-off'}>
              <VerdictMark shape={isLoss ? 'no' : 'info'} size={14} />
            </span>
            <span>{asSentence(line)}</span>
          </li>
        ))}
      </ul>
    </section>
  );

/** Saved memory loads only where it was saved: go on there first, or give it up knowingly. */
const SavedState = ({
  vm,
  preview,
  discardSaved,
  onChange,
}: {
  readonly vm: Vm;
  readonly preview: SwitchPreview;
  readonly discardSaved: boolean;
  readonly onChange: (isOn: boolean) => void;
}) => {
  const actions = useActions();
  const from = useAppStore((s) => (preview.from ? engineTitle(s.state, preview.from) : undefined));
  if (preview.savedState === 'none') return null;
  if (preview.savedState === 'fits') return <p className="t2">{format('engines.savedFits')}</p>;
  const { id } = vm.definition;
  return (
    <Note tone="warn">
      <div className="col" style={{ gap: 'var(--s-2)' }}>
        <p>
          {format('engines.savedBlocks', {
            from: from ?? '',
            known: from === undefined ? 'no' : 'yes',
          })}
        </p>
        <div>
          <Button
            size="small"
            icon={<Play size={14} />}
            onClick={() => {
              closeDialog();
              actions.start(id);
            }}
          >
            {format('engines.resumeFirst')}
          </Button>
        </div>
        <CheckRow label={format('engines.discard')} isOn={discardSaved} onChange={onChange} />
      </div>
    </Note>
  );
};
