// The console's tools: which console, pause, picture, keys, scaling, full screen.
import {
  Camera,
  Keyboard,
  Maximize,
  Minimize,
  Pause,
  Play,
  Scaling as ScalingIcon,
} from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Capabilities } from '../../../../shared/model/driver.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { possibleActions } from '../../actions/vm-menu.tsx';
import { Button, IconButton } from '../../components/Button.tsx';
import { Menu, type MenuGroups } from '../../components/Menu.tsx';
import { Segments } from '../../components/Segments.tsx';
import { keyComboGroups, type KeyCombo } from './key-combos.ts';
import type { Scaling } from './scaling.ts';

export type Shown = 'screen' | 'serial' | 'both';

export interface ToolbarProps {
  readonly vm: Vm;
  readonly capabilities: Capabilities | undefined;
  readonly shown: Shown;
  readonly choices: readonly Shown[];
  readonly scaling: Scaling;
  readonly isFull: boolean;
  readonly onShown: (shown: Shown) => void;
  readonly onScaling: (scaling: Scaling) => void;
  readonly onCombo: (combo: KeyCombo) => void;
  readonly onPicture: (to: 'file' | 'clipboard') => void;
  readonly onFullScreen: () => void;
  /** Gives the keyboard back to the guest after a tool was used. */
  readonly onUsed: () => void;
}

const comboLabel = ({ label }: KeyCombo): string =>
  typeof label === 'string' ? format(label) : label.text;

const scalings: readonly Scaling[] = ['fit', 'integer', 'native'];

export const Toolbar = (props: ToolbarProps) => {
  const { vm, capabilities, shown, choices, scaling, isFull, onUsed } = props;
  const { id } = vm.definition;
  const actions = useActions();
  const possible = possibleActions(vm, capabilities);
  const hasScreen = shown !== 'serial';
  const pictures: MenuGroups = [
    [
      {
        id: 'clipboard',
        label: format('console.picture.clipboard'),
        run: () => props.onPicture('clipboard'),
      },
      { id: 'file', label: format('console.picture.file'), run: () => props.onPicture('file') },
    ],
  ];
  const combos: MenuGroups = keyComboGroups.map((group) =>
    group.map((combo) => ({
      id: combo.id,
      label: comboLabel(combo),
      run: () => props.onCombo(combo),
    })),
  );
  const modes: MenuGroups = [
    scalings.map((mode) => ({
      id: mode,
      label: format(`console.scaling.${mode}`),
      ...(mode === scaling ? { keys: '✓' } : {}),
      run: () => props.onScaling(mode),
    })),
  ];
  return (
    <div className="con-bar" role="toolbar" aria-label={format('console.tools')}>
      {choices.length > 1 && (
        <Segments
          label={format('console.which')}
          value={shown}
          options={choices.map((value) => ({ value, label: format(`console.shown.${value}`) }))}
          onChange={props.onShown}
        />
      )}
      {possible.includes('resume') ? (
        <Button
          look="flat"
          icon={<Play size={16} />}
          onClick={() => {
            actions.power(id, 'resume');
            onUsed();
          }}
        >
          {format('action.resume')}
        </Button>
      ) : (
        <IconButton
          label={format('action.pause')}
          look="flat"
          disabled={!possible.includes('pause')}
          onClick={() => actions.power(id, 'pause')}
        >
          <Pause size={16} />
        </IconButton>
      )}
      {hasScreen && capabilities?.canScreenshot !== false && (
        <Menu groups={pictures} align="start">
          <Button look="flat" icon={<Camera size={16} />}>
            {format('console.picture')}
          </Button>
        </Menu>
      )}
      {hasScreen && (
        <Menu groups={combos} align="start">
          <Button look="flat" icon={<Keyboard size={16} />}>
            {format('console.sendKeys')}
          </Button>
        </Menu>
      )}
      <span className="grow" />
      {hasScreen && (
        <Menu groups={modes}>
          <Button look="flat" icon={<ScalingIcon size={16} />}>
            {format(`console.scaling.${scaling}`)}
          </Button>
        </Menu>
      )}
      <Button
        icon={isFull ? <Minimize size={16} /> : <Maximize size={16} />}
        onClick={props.onFullScreen}
      >
        {format(isFull ? 'console.leaveFullScreen' : 'console.fullScreen')}
        <kbd>F11</kbd>
      </Button>
    </div>
  );
};
