// The machine's log as it stands in its file, refreshed while the tab is open.
import { RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button, CopyButton, CopyIcon } from '../../components/Button.tsx';

interface LogText {
  readonly lines: readonly string[];
  readonly path: string;
}
/** Within this many pixels of the end the view follows new lines. */
const followWithinPx = 40;

export const Log = ({ vm }: { readonly vm: Vm }) => {
  const actions = useActions();
  const { id } = vm.definition;
  const [log, setLog] = useState<LogText>();
  const box = useRef<HTMLPreElement>(null);
  const load = useCallback(async () => {
    const next = await actions.attempt(actions.client.vm.log({ id }), id);
    if (next) setLog(next);
  }, [actions, id]);
  // Every change of power writes lines worth seeing.
  useEffect(() => void load(), [load, vm.power]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (distance < followWithinPx || element.scrollTop === 0)
      element.scrollTop = element.scrollHeight;
  }, [log]);
  const text = log?.lines.join('\n') ?? '';
  return (
    <div className="log">
      <div className="row">
        <span className="grow row t2">
          {log && (
            <>
              <code className="mono cut">{log.path}</code>
              <CopyIcon text={log.path} what={format('log.path')} />
            </>
          )}
        </span>
        <Button look="flat" icon={<RefreshCw size={16} />} onClick={() => void load()}>
          {format('log.refresh')}
        </Button>
        {text !== '' && <CopyButton text={text}>{format('log.copy')}</CopyButton>}
      </div>
      {log && text === '' ? (
        <p className="t2">{format('log.empty')}</p>
      ) : (
        <pre ref={box} className="code" tabIndex={0} aria-label={format('vm.tab.log')}>
          {text}
        </pre>
      )}
    </div>
  );
};
