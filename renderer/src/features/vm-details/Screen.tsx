// A small picture of the guest's screen, refreshed only while it can be seen and the machine runs.
import { MonitorPlay } from 'lucide-react';
import { useEffect } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { openConsole } from '../../actions/actions.ts';
import { useClient } from '../../bridge/context.ts';
import { useCapabilities } from '../../state/app-store.ts';
import { putThumbnail, useThumbnails } from '../../state/thumbnails.ts';

const refreshMs = 2000;

export const Screen = ({ vm }: { readonly vm: Vm }) => {
  const { id, name, driver } = vm.definition;
  const client = useClient();
  const canShow = useCapabilities(driver)?.canScreenshot !== false;
  const url = useThumbnails((s) => s[id]);
  const isMoving = vm.power === 'running';
  useEffect(() => {
    if (!canShow) return undefined;
    // Each change of visibility begins a new round of looks; a look of an older one ends its own.
    let round = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (mine: number): Promise<void> => {
      try {
        const { png } = await client.vm.thumbnail({ id });
        if (mine === round && png) putThumbnail(id, png);
      } catch {
        // A picture less is no error: the machine may just have stopped.
      }
      // A paused screen stands still: one look is enough.
      if (mine === round && isMoving) timer = setTimeout(() => void look(mine), refreshMs);
    };
    const begin = (): void => {
      clearTimeout(timer);
      round += 1;
      // A hidden window sets no timer at all.
      if (document.visibilityState === 'visible') void look(round);
    };
    begin();
    document.addEventListener('visibilitychange', begin);
    return () => {
      document.removeEventListener('visibilitychange', begin);
      clearTimeout(timer);
      round += 1;
    };
  }, [canShow, client, id, isMoving]);
  if (!canShow) return null;
  return (
    <button
      type="button"
      className="screen"
      onClick={() => openConsole(id)}
      aria-label={format('vm.screen', { name })}
    >
      {url === undefined ? (
        <span className="t3">{format('vm.noScreen')}</span>
      ) : (
        <img src={url} alt="" />
      )}
      <span className="go" aria-hidden="true">
        <MonitorPlay size={16} />
      </span>
    </button>
  );
};
