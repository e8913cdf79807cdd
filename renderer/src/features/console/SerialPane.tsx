// The serial console: scroll-back, copy, typing. Text arrives as fast as it can be shown, no faster.
import { Copy } from 'lucide-react';
import { useContext, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { Button, CopyContext } from '../../components/Button.tsx';
import { showToast } from '../../state/ui-store.ts';
import type { ByteStream } from './stream.ts';
import { openTerminal, type SerialTerminal } from './terminal.ts';
import { useRoom } from './use-room.ts';
import { useStream } from './use-stream.ts';

export interface SerialPaneProps {
  readonly vm: Vm;
  readonly terminal: RefObject<SerialTerminal | undefined>;
}

export const SerialPane = ({ vm, terminal }: SerialPaneProps) => {
  const { id, name } = vm.definition;
  const container = useRef<HTMLDivElement>(null);
  const stream = useRef<ByteStream>(undefined);
  const copyText = useContext(CopyContext);
  const room = useRoom(container);
  const label = format('console.serialOf', { name });

  const copy = (text: string): void => {
    if (text === '') return;
    void copyText(text).then(() => showToast(format('console.copied')));
  };
  const latestCopy = useRef(copy);
  useEffect(() => {
    latestCopy.current = copy;
  });

  useLayoutEffect(() => {
    if (!container.current) return undefined;
    const font = getComputedStyle(container.current).getPropertyValue('--mono').trim();
    const opened = openTerminal(container.current, {
      label,
      font: font === '' ? 'monospace' : font,
      onInput: (bytes) => stream.current?.send(bytes),
      onCopy: (text) => latestCopy.current(text),
    });
    terminal.current = opened;
    return () => {
      terminal.current = undefined;
      opened.dispose();
    };
  }, [label, terminal]);
  useEffect(() => terminal.current?.fit(), [room, terminal]);

  const phase = useStream(id, 'serial', true, {
    onOpen: (opened) => {
      stream.current = opened;
      // History comes with every opening: what is shown already would stand there twice.
      terminal.current?.reset();
    },
    onData: (bytes, consumed) => {
      if (terminal.current) terminal.current.write(bytes, consumed);
      else consumed();
    },
    onGone: () => {
      stream.current = undefined;
    },
  });

  return (
    <div className="con-serial" data-phase={phase}>
      <div className="con-terminal" data-guest-keys="serial" ref={container} />
      <div className="con-float">
        <Button
          size="small"
          icon={<Copy size={14} />}
          onClick={() => copy(terminal.current?.text() ?? '')}
        >
          {format('console.copySerial')}
        </Button>
      </div>
      {phase === 'waiting' && (
        <p className="con-wait" role="status">
          {format('console.reconnecting')}
        </p>
      )}
    </div>
  );
};
