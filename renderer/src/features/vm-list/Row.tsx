// One machine in the list: picture, name, state in words, engine badge, start or stop.
import { HardDrive, MonitorPlay, Play, Power } from 'lucide-react';
import { memo } from 'react';
import type { CSSProperties } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import { isLive } from '../../../../shared/model/power.ts';
import { openConsole, useActions } from '../../actions/actions.ts';
import { possibleActions, shownPower, vmMenu } from '../../actions/vm-menu.tsx';
import { IconButton } from '../../components/Button.tsx';
import { ContextMenuArea } from '../../components/Menu.tsx';
import { EngineBadge, StateWord } from '../../components/Parts.tsx';
import { needsAttention } from '../../model/vm-order.ts';
import { useCapabilities, useEngineInfo, useVm } from '../../state/app-store.ts';
import { select, showVm } from '../../state/ui-store.ts';
import { useThumbnails } from '../../state/thumbnails.ts';
import { AttentionMark } from '../../components/marks.tsx';

interface RowProps {
  readonly id: VmId;
  readonly index: number;
  readonly isSelected: boolean;
  readonly style: CSSProperties;
}

export const rowDomId = (id: VmId): string => `vm-row-${id}`;

export const VmRow = memo(function VmRow({ id, index, isSelected, style }: RowProps) {
  const vm = useVm(id);
  const actions = useActions();
  const info = useEngineInfo(vm?.engine?.backend);
  const capabilities = useCapabilities(vm?.definition.driver);
  const thumbnail = useThumbnails((s) => s[id]);
  if (!vm) return null;
  const { name } = vm.definition;
  const power = shownPower(vm);
  const possible = possibleActions(vm, capabilities);
  const isAttention = needsAttention(vm);
  return (
    <ContextMenuArea groups={() => vmMenu(vm, capabilities, actions)}>
      <div
        role="row"
        id={rowDomId(id)}
        aria-rowindex={index + 1}
        aria-selected={isSelected}
        className={isSelected ? 'vm on' : 'vm'}
        style={style}
        onClick={() => showVm(id)}
        onContextMenu={() => select(id)}
        onDoubleClick={() => {
          if (possible.includes('start')) actions.start(id);
          else if (isLive(vm.power)) openConsole(id);
        }}
      >
        <div role="gridcell" className="vm-cell">
          <span className={isLive(power) ? 'thumb live' : 'thumb'} aria-hidden="true">
            {isLive(power) && thumbnail !== undefined ? (
              <img src={thumbnail} alt="" />
            ) : (
              <HardDrive size={16} />
            )}
          </span>
          <span className="grow">
            <span className="nm cut" title={name}>
              {name}
            </span>
            <span className="ln">
              <StateWord state={power} />
              {vm.engine && info && <EngineBadge info={info} standing={vm.engine.standing} />}
              {isAttention && power !== 'crashed' && power !== 'damaged' && (
                <span className="st tone-warn" title={format('list.attention')}>
                  <AttentionMark />
                  <span className="vh">{format('list.attention')}</span>
                </span>
              )}
            </span>
          </span>
        </div>
        <div role="gridcell" className="vm-acts" onDoubleClick={(e) => e.stopPropagation()}>
          {possible.includes('start') && (
            <IconButton
              label={format('list.start', { name })}
              look="flat"
              size="small"
              tabIndex={-1}
              onClick={(event) => {
                event.stopPropagation();
                actions.start(id);
              }}
            >
              <Play size={16} />
            </IconButton>
          )}
          {possible.includes('shutdown') && (
            <IconButton
              label={format('list.shutdown', { name })}
              look="flat"
              size="small"
              tabIndex={-1}
              onClick={(event) => {
                event.stopPropagation();
                actions.power(id, 'shutdown');
              }}
            >
              <Power size={16} />
            </IconButton>
          )}
          {isLive(vm.power) && (
            <IconButton
              label={format('list.console', { name })}
              look="flat"
              size="small"
              tabIndex={-1}
              onClick={(event) => {
                event.stopPropagation();
                openConsole(id);
              }}
            >
              <MonitorPlay size={16} />
            </IconButton>
          )}
        </div>
      </div>
    </ContextMenuArea>
  );
});
