// Names the release key at all times, and what the guest shows.
import { Keyboard, Monitor } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Settings } from '../../../../shared/model/settings.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { EngineBadge } from '../../components/Parts.tsx';
import { useEngineInfo } from '../../state/app-store.ts';
import type { ScreenSize } from './screen.ts';

export const StatusBar = ({
  vm,
  isInGuest,
  releaseKey,
  size,
}: {
  readonly vm: Vm;
  readonly isInGuest: boolean;
  readonly releaseKey: Settings['releaseKey'];
  readonly size: ScreenSize | undefined;
}) => {
  const info = useEngineInfo(vm.engine?.backend);
  return (
    <footer className="con-status">
      <span className={isInGuest ? 'con-keys held' : 'con-keys'} role="status">
        <Keyboard size={14} aria-hidden="true" />
        {isInGuest ? (
          <>
            {format('console.keysInGuest')}
            <kbd>{format(`console.release.${releaseKey}`)}</kbd>
            {format('console.keysBack')}
          </>
        ) : (
          format('console.keysFree', { key: format(`console.release.${releaseKey}`) })
        )}
      </span>
      <span className="grow" />
      {size && (
        <span className="con-size">
          <Monitor size={14} aria-hidden="true" />
          {format('console.size', { width: String(size.width), height: String(size.height) })}
        </span>
      )}
      {info && vm.engine && <EngineBadge info={info} standing={vm.engine.standing} />}
    </footer>
  );
};
