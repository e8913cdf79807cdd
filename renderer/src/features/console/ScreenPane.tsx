// The guest's screen: sized so that it stays sharp, and holding the keyboard while it has the focus.
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { placeScreen, type Scaling } from './scaling.ts';
import { openScreen, type Screen, type ScreenSize } from './screen.ts';
import { useStream } from './use-stream.ts';
import { usePixelRatio, useRoom } from './use-room.ts';

export interface ScreenPaneProps {
  readonly vm: Vm;
  readonly scaling: Scaling;
  readonly screen: RefObject<Screen | undefined>;
  readonly onSize: (size: ScreenSize | undefined) => void;
}

const usualSize: ScreenSize = { width: 720, height: 400 };

export const ScreenPane = ({ vm, scaling, screen, onSize }: ScreenPaneProps) => {
  const { id, name } = vm.definition;
  const room = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<ScreenSize>();
  const space = useRoom(room);
  const ratio = usePixelRatio();
  const hadFocus = useRef(false);

  const tell = (next: ScreenSize | undefined): void => {
    setSize(next);
    onSize(next);
  };
  const phase = useStream(id, 'screen', true, {
    onOpen: (stream) => {
      const container = frame.current;
      if (!container) return;
      screen.current?.dispose();
      screen.current = openScreen(container, stream, format('console.screenOf', { name }), {
        onSize: tell,
        onLost: () => stream.close(),
      });
      if (hadFocus.current) screen.current.focus();
    },
    onData: (bytes, consumed) => {
      screen.current?.feed(bytes);
      consumed();
    },
    onGone: () => {
      hadFocus.current = frame.current?.contains(document.activeElement) === true;
      screen.current?.dispose();
      screen.current = undefined;
    },
  });
  useEffect(() => () => onSize(undefined), [onSize]);

  const place = placeScreen(size ?? usualSize, space, scaling, ratio);
  useLayoutEffect(() => {
    const canvas = frame.current?.querySelector('canvas');
    if (canvas) canvas.style.imageRendering = place.isSharp ? 'pixelated' : 'auto';
  });

  return (
    <div className="con-room" ref={room}>
      <div
        ref={frame}
        className="con-frame"
        data-guest-keys="screen"
        data-phase={phase}
        style={{ left: place.left, top: place.top, width: place.width, height: place.height }}
      />
      {phase !== 'open' && (
        <p className="con-wait" role="status">
          {format(phase === 'waiting' ? 'console.reconnecting' : 'console.connecting')}
        </p>
      )}
    </div>
  );
};
