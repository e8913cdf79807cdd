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
    let isStopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      if (document.visibilityState === 'visible') {
        try {
          const { png } = await client.vm.thumbnail({ id });
          if (!isStopped && png) putThumbnail(id, png);
        } catch {
          // A picture less is no error: the machine may just have stopped.
        }
      }
      // A paused screen stands still: one look is enough.
      if (!isStopped && isMoving) timer = setTimeout(() => void look(), refreshMs);
    };
    void look();
    return () => {
      isStopped = true;
      clearTimeout(timer);
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
