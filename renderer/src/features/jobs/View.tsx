// Tasks: what runs and what ended lately, with progress and cancel. A popover of the top bar.
import { ListChecks, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { Job } from '../../../../shared/model/job.ts';
import { useActions } from '../../actions/actions.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { VerdictMark, type VerdictShape } from '../../components/marks.tsx';
import { showTime } from '../../components/units.ts';
import { useAppStore } from '../../state/app-store.ts';
import { openDialog, useUi } from '../../state/ui-store.ts';

const shapeOf: Readonly<Record<Job['phase'], VerdictShape>> = {
  running: 'busy',
  done: 'yes',
  failed: 'no',
  cancelled: 'info',
};
const toneOf: Readonly<Record<Job['phase'], string>> = {
  running: 'info',
  done: 'run',
  failed: 'err',
  cancelled: 'off',
};

export const JobsButton = () => {
  const jobs = useAppStore((s) => s.state.jobs);
  const isOpen = useUi((s) => s.areTasksOpen);
  const rows = Object.values(jobs).sort((a, b) => b.startedAt - a.startedAt);
  const running = rows.filter((job) => job.phase === 'running').length;
  return (
    <Popover.Root open={isOpen} onOpenChange={(open) => useUi.setState({ areTasksOpen: open })}>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="btn flat"
          aria-label={format('jobs.button', { count: running })}
          style={{ paddingInline: '0.5rem' }}
        >
          <ListChecks size={16} />
          {running > 0 && <span className="bar-count num">{running}</span>}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="pop tasks"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={format('jobs.title')}
        >
          <h2>{format('jobs.title')}</h2>
          {rows.length === 0 ? (
            <p className="t2 tasks-empty">{format('jobs.none')}</p>
          ) : (
            <ul>
              {rows.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </ul>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
};

const JobRow = ({ job }: { readonly job: Job }) => {
  const actions = useActions();
  const title = formatText(job.title);
  const percent = job.fraction === null ? undefined : Math.round(job.fraction * 100);
  return (
    <li className="task">
      <span className={`tone-${toneOf[job.phase]}`}>
        <VerdictMark shape={shapeOf[job.phase]} />
      </span>
      <div className="grow">
        <div className="row">
          <span className="grow cut" title={title}>
            {title}
          </span>
          <span className="xs t3 num">
            {job.phase === 'running'
              ? percent !== undefined && format('jobs.percent', { percent })
              : format(`jobs.phase.${job.phase}`)}
          </span>
        </div>
        {job.phase === 'running' && (
          <div
            className={percent === undefined ? 'meter unknown' : 'meter'}
            role="progressbar"
            aria-label={title}
            aria-valuenow={percent}
          >
            <i style={percent === undefined ? {} : { width: `${percent}%` }} />
          </div>
        )}
        <div className="xs t3">
          {job.phase === 'running' && job.step
            ? formatText(job.step)
            : showTime(job.endedAt ?? job.startedAt)}
        </div>
      </div>
      {job.phase === 'running' && job.isCancellable && (
        <IconButton
          label={format('jobs.cancel', { title })}
          look="flat"
          size="small"
          onClick={() => void actions.attempt(actions.client.job.cancel({ id: job.id }))}
        >
          <X size={16} />
        </IconButton>
      )}
      {job.error && (
        <Button
          size="small"
          look="flat"
          onClick={() => {
            if (!job.error) return;
            useUi.setState({ areTasksOpen: false });
            openDialog({
              kind: 'error',
              error: job.error,
              ...(job.vm === undefined ? {} : { vm: job.vm }),
            });
          }}
        >
          {format('err.details')}
        </Button>
      )}
    </li>
  );
};
