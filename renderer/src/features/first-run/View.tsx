// Empty state: what was found on this computer, and the two ways to a first machine.
import { Disc3, Play, Plus } from 'lucide-react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { HostCheck } from '../../../../shared/model/compat.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { VerdictMark, type VerdictShape } from '../../components/marks.tsx';
import { showBytes, showMib } from '../../components/units.ts';
import { verdictLook } from '../../model/check-look.ts';
import { useAppStore, useHost } from '../../state/app-store.ts';
import { goTo } from '../../state/ui-store.ts';

interface Line {
  readonly id: string;
  readonly shape: VerdictShape;
  readonly tone: string;
  readonly text: string;
}

/** What is not good; if all is good, the last check says it best, because each builds on the one before. */
const telling = (checks: readonly HostCheck[]): readonly HostCheck[] => {
  const notable = checks.filter((row) => row.verdict !== 'good' && row.verdict !== 'info');
  return notable.length > 0 ? notable : checks.slice(-1);
};

/** Hypervisors, the verdict on each hardware engine, memory and space: one sentence each. */
const useFindings = (): readonly Line[] => {
  const drivers = useAppStore((s) => s.state.drivers);
  const checks = useAppStore((s) => s.state.checks);
  const host = useHost();
  const lines: Line[] = [];
  for (const driver of Object.values(drivers)) {
    const { probe } = driver;
    const found = probe.kind === 'found';
    const text =
      probe.kind === 'pending'
        ? format('first.looking', { title: driver.title })
        : probe.kind === 'found'
          ? format('first.found', { title: driver.title, version: probe.version })
          : format(probe.kind === 'missing' ? 'first.missing' : 'first.broken', {
              title: driver.title,
            });
    lines.push({
      id: driver.id,
      shape: found ? 'yes' : probe.kind === 'pending' ? 'busy' : 'no',
      tone: found ? 'run' : probe.kind === 'pending' ? 'info' : 'err',
      text,
    });
  }
  for (const check of telling(Object.values(checks).filter((row) => row.category === 'kvm'))) {
    const look = verdictLook[check.verdict];
    lines.push({ id: check.id, ...look, text: formatText(check.sentence) });
  }
  if (host) {
    lines.push({
      id: 'host',
      shape: 'info',
      tone: 'off',
      text: format('first.host', {
        cpus: host.cpus,
        memory: showMib(host.memoryMiB),
        free: showBytes(host.freeBytes),
      }),
    });
  }
  return lines;
};

export const FirstRunView = () => {
  const actions = useActions();
  const findings = useFindings();
  return (
    <main className="first" data-pane="detail">
      <div className="first-in">
        <h1>{format('first.title')}</h1>
        <p className="lead">{format('first.lead')}</p>
        <div className="first-grid">
          <div className="col" style={{ gap: 'var(--s-3)' }}>
            <Button
              look="primary"
              size="big"
              icon={<Play size={16} />}
              onClick={() => actions.createDemo()}
            >
              {format('first.demo')}
            </Button>
            <p className="help">{format('first.demoHelp')}</p>
            <Button size="big" icon={<Plus size={16} />} onClick={() => goTo({ kind: 'newVm' })}>
              {format('list.newMachine')}
            </Button>
            <div className="drop-hint">
              <Disc3 size={20} />
              {format('first.drop')}
            </div>
          </div>
          <section className="card first-host" aria-label={format('nav.thisComputer')}>
            <div className="row">
              <h2 className="grow">{format('nav.thisComputer')}</h2>
              <Button look="link" onClick={() => goTo({ kind: 'host' })}>
                {format('first.allChecks')}
              </Button>
            </div>
            <ul>
              {findings.map((line) => (
                <li key={line.id}>
                  <span className={`tone-${line.tone}`}>
                    <VerdictMark shape={line.shape} />
                  </span>
                  <span>{line.text}</span>
                </li>
              ))}
            </ul>
          </section>
        </div>
      </div>
    </main>
  );
};
