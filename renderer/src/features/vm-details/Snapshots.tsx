// The machine's snapshots as its hypervisor keeps them: to read, not to change.
import { Camera, MemoryStick, RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Snapshot } from '../../../../shared/model/snapshot.ts';
import type { Vm } from '../../../../shared/model/vm.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { showTime } from '../../components/units.ts';
import { useDriver } from '../../state/app-store.ts';
import { snapshotLines } from './snapshot-tree.ts';

/** Deeper ones are not moved further in: the line must keep room for its words. */
const deepestIndent = 8;

export const Snapshots = ({ vm }: { readonly vm: Vm }) => {
  const actions = useActions();
  const { id, driver } = vm.definition;
  const title = useDriver(driver)?.title ?? driver;
  const [snapshots, setSnapshots] = useState<readonly Snapshot[]>();
  const load = useCallback(async () => {
    const answer = await actions.attempt(actions.client.vm.snapshots({ id }), id);
    if (answer) setSnapshots(answer.snapshots);
  }, [actions, id]);
  // The hypervisor tells when a machine changed; its snapshots are asked again then.
  useEffect(() => void load(), [load, vm.definition, vm.power]);
  const lines = snapshots && snapshotLines(snapshots);
  return (
    <div className="snaps">
      <div className="row">
        <p className="grow t2">
          {lines && format('snapshots.say', { count: lines.length, driver: title })}
        </p>
        <Button look="flat" icon={<RefreshCw size={16} />} onClick={() => void load()}>
          {format('log.refresh')}
        </Button>
      </div>
      {lines && lines.length > 0 && (
        <ul className="snap-list" aria-label={format('vm.tab.snapshots')}>
          {lines.map(({ snapshot, depth }) => (
            <Line key={snapshot.id} snapshot={snapshot} depth={depth} />
          ))}
        </ul>
      )}
    </div>
  );
};

const Line = ({ snapshot, depth }: { readonly snapshot: Snapshot; readonly depth: number }) => (
  <li
    className={snapshot.isCurrent ? 'snap cur' : 'snap'}
    style={{ marginInlineStart: `${Math.min(depth, deepestIndent) * 1.25}rem` }}
  >
    <Camera size={16} />
    <div className="grow">
      <div className="row wrap">
        <b className="selectable">{snapshot.name}</b>
        {snapshot.isCurrent && (
          <span className="chip tone-run">
            <VerdictMark shape="yes" />
            {format('snapshots.current')}
          </span>
        )}
        {snapshot.hasMemory && (
          <span className="chip">
            <MemoryStick size={16} />
            {format('snapshots.memory')}
          </span>
        )}
        {/* Depth is told by room alone: say it to those who cannot see it. */}
        <span className="vh">{format('snapshots.level', { level: depth + 1 })}</span>
      </div>
      {snapshot.description !== '' && <p className="t2 snap-text">{snapshot.description}</p>}
    </div>
    {snapshot.takenAt !== undefined && (
      <span className="t3 xs num">{showTime(snapshot.takenAt)}</span>
    )}
  </li>
);
