// The console tab of a machine: its screen, its serial port, or both, with tools above and the status below.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { shownPower } from '../../actions/vm-menu.tsx';
import { useCapabilities, useSettings } from '../../state/app-store.ts';
import { showToast } from '../../state/ui-store.ts';
import './console.css';
import { Empty } from './Empty.tsx';
import { pressCombo, type KeyCombo } from './key-combos.ts';
import { ScreenPane } from './ScreenPane.tsx';
import { SerialPane } from './SerialPane.tsx';
import type { Screen, ScreenSize } from './screen.ts';
import { StatusBar } from './StatusBar.tsx';
import type { SerialTerminal } from './terminal.ts';
import { Toolbar, type Shown } from './Toolbar.tsx';
import { useFullScreen } from './use-full-screen.ts';
import { useKeyboard } from './use-keyboard.ts';

/** A console exists: the hypervisor runs and the guest's devices are there. */
const hasConsole = (vm: Vm): boolean => {
  const power = shownPower(vm);
  return power === 'running' || power === 'paused' || power === 'stopping' || power === 'saving';
};

export const ConsoleView = ({ vm }: { readonly vm: Vm }) =>
  hasConsole(vm) ? <Live vm={vm} /> : <Empty vm={vm} power={shownPower(vm)} />;

const choicesOf = (vm: Vm, consoles: readonly string[]): readonly Shown[] => {
  const { config } = vm.definition;
  const hasScreen = config.display !== 'none' && consoles.includes('screen');
  const hasSerial = config.hasSerialPort && consoles.includes('serial');
  if (hasScreen && hasSerial) return ['screen', 'serial', 'both'];
  return hasSerial ? ['serial'] : ['screen'];
};

const bothKinds: readonly string[] = ['screen', 'serial'];
/** How long the hint about the release key stands in full screen. A judgement. */
const hintMs = 4000;

const Live = ({ vm }: { readonly vm: Vm }) => {
  const { id, name } = vm.definition;
  const actions = useActions();
  const settings = useSettings();
  const capabilities = useCapabilities(vm.definition.driver);
  const choices = useMemo(
    () => choicesOf(vm, capabilities?.consoles ?? bothKinds),
    [vm, capabilities],
  );
  const [wanted, setWanted] = useState<Shown>('screen');
  const shown = choices.includes(wanted) ? wanted : (choices[0] ?? 'screen');
  const [size, setSize] = useState<ScreenSize>();
  const root = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen>(undefined);
  const terminal = useRef<SerialTerminal>(undefined);
  const { isFull, toggle } = useFullScreen();

  const release = useCallback(() => {
    screen.current?.blur();
    terminal.current?.blur();
    root.current?.focus({ preventScroll: true });
  }, []);
  const isInGuest = useKeyboard(root, settings.releaseKey, release);
  const backToGuest = (): void => {
    // After the menu that was used has given its focus back.
    setTimeout(() => {
      if (shown === 'serial') terminal.current?.focus();
      else screen.current?.focus();
    });
  };

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'F11' || event.defaultPrevented) return;
      event.preventDefault();
      toggle();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [toggle]);

  const takePicture = async (to: 'file' | 'clipboard'): Promise<void> => {
    if (to === 'clipboard') {
      await actions.client.vm.screenshot({ id, to });
      showToast(format('console.picture.copied'));
      return;
    }
    const suggestedName = `${name}.png`;
    const { path } = await actions.client.dialog.saveFile({ purpose: 'screenshot', suggestedName });
    if (path === null) return;
    await actions.client.vm.screenshot({ id, to, path });
    showToast(format('console.picture.saved', { path }));
  };
  const sendCombo = (combo: KeyCombo): void => {
    pressCombo(combo, (keysym, code, isDown) => screen.current?.sendKey(keysym, code, isDown));
    backToGuest();
  };

  return (
    <div
      ref={root}
      className={`con${isFull ? ' full' : ''}${isInGuest ? ' held' : ''}`}
      tabIndex={-1}
    >
      <div className="con-top">
        <Toolbar
          vm={vm}
          capabilities={capabilities}
          shown={shown}
          choices={choices}
          scaling={settings.consoleScaling}
          isFull={isFull}
          onShown={setWanted}
          onScaling={(consoleScaling) =>
            void actions.attempt(actions.client.settings.update({ consoleScaling }))
          }
          onCombo={sendCombo}
          onPicture={(to) => void actions.attempt(takePicture(to), id)}
          onFullScreen={() => {
            toggle();
            backToGuest();
          }}
          onUsed={backToGuest}
        />
      </div>
      <div className={`con-body show-${shown}`}>
        {shown !== 'serial' && (
          <ScreenPane vm={vm} scaling={settings.consoleScaling} screen={screen} onSize={setSize} />
        )}
        {shown !== 'screen' && <SerialPane vm={vm} terminal={terminal} />}
        {shownPower(vm) === 'paused' && (
          <p className="con-paused" role="status">
            {format('console.paused')}
          </p>
        )}
      </div>
      {isFull && <FullScreenHint releaseKey={format(`console.release.${settings.releaseKey}`)} />}
      <StatusBar vm={vm} isInGuest={isInGuest} releaseKey={settings.releaseKey} size={size} />
    </div>
  );
};

const FullScreenHint = ({ releaseKey }: { readonly releaseKey: string }) => {
  const [isShown, setShown] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setShown(false), hintMs);
    return () => clearTimeout(timer);
  }, []);
  return isShown ? (
    <p className="con-hint" role="status">
      {format('console.fullScreenHint', { key: releaseKey })}
    </p>
  ) : null;
};
