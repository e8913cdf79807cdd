// This computer: every check with its verdict, what was tested, what came out, and what to do about it.
import { ChevronRight, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { HostCheck } from '../../../../shared/model/compat.ts';
import { useActions } from '../../actions/actions.ts';
import { Button, CopyButton } from '../../components/Button.tsx';
import { Segments } from '../../components/Segments.tsx';
import { useAppStore, useHost, useSettings } from '../../state/app-store.ts';
import { checkDomId, CheckLine } from './CheckLine.tsx';
import { EngineLines } from './EngineLines.tsx';
import { Journal } from './Journal.tsx';

const categories: readonly HostCheck['category'][] = [
  'processor',
  'kvm',
  'qemu',
  'virtualbox',
  'memory',
  'disk',
  'network',
  'desktop',
];

const wantsLook = ({ verdict }: HostCheck): boolean =>
  verdict === 'blocked' || verdict === 'warn' || verdict === 'unknown';

/** Opens a check's line, and the fold it is in, and brings it into view. */
const openCheck = (id: string): void => {
  const line = document.getElementById(checkDomId(id));
  for (let at: Element | null = line; at; at = at.parentElement)
    if (at instanceof HTMLDetailsElement) at.open = true;
  line?.scrollIntoView({ block: 'center' });
  line?.querySelector('summary')?.focus();
};

export const HostView = () => {
  const actions = useActions();
  const checks = useAppStore((s) => s.state.checks);
  const host = useHost();
  const { mutedChecks } = useSettings();
  // What is in place can be undone: it comes first. A list of what was undone can wait.
  const hasChanges = useAppStore((s) =>
    Object.values(s.state.hostChanges).some(({ standing }) => standing !== 'undone'),
  );
  const [show, setShow] = useState<'all' | 'look'>('all');
  const all = Object.values(checks);
  const muted = all.filter((check) => mutedChecks.includes(check.id));
  const rows = all.filter((check) => !mutedChecks.includes(check.id));
  const shown = show === 'all' ? rows : rows.filter(wantsLook);
  const count = (verdict: HostCheck['verdict']): number =>
    rows.filter((check) => check.verdict === verdict).length;
  const isRunning = count('running') > 0;
  return (
    <main className="main wide" data-pane="detail">
      <div className="page">
        <header className="ph host-head">
          <div className="head">
            <h1 className="grow">{format('nav.host')}</h1>
            <CopyButton text={async () => (await actions.client.host.report({})).text}>
              {format('err.copyReport')}
            </CopyButton>
            <Button
              icon={<RefreshCw size={16} className={isRunning ? 'turning' : ''} />}
              disabled={isRunning}
              onClick={() => void actions.attempt(actions.client.host.recheck({}))}
            >
              {format(isRunning ? 'hostPage.looking' : 'hostPage.lookAgain')}
            </Button>
          </div>
          <p className="lead">
            {isRunning
              ? format('hostPage.sayRunning')
              : format('hostPage.say', {
                  blocked: count('blocked'),
                  warn: count('warn'),
                  unknown: count('unknown'),
                })}
          </p>
          {host && (
            <p className="xs t3">
              {format('hostPage.host', {
                hostname: host.hostname,
                distribution: host.distribution,
                kernel: host.kernel,
                dataDir: host.dataDir,
              })}
            </p>
          )}
        </header>
        <div className="body host-body" tabIndex={-1}>
          {hasChanges && <Journal />}
          <EngineLines
            onShowCheck={(id) => {
              setShow('all');
              // The line may have to be drawn first.
              setTimeout(() => openCheck(id));
            }}
          />
          <div className="host-tools">
            <Segments
              label={format('hostPage.show')}
              value={show}
              options={(['all', 'look'] as const).map((value) => ({
                value,
                label: format(`hostPage.show.${value}`),
              }))}
              onChange={setShow}
            />
            {shown.length === 0 && <span className="t2">{format('hostPage.nothing')}</span>}
          </div>
          {categories.map((category) => {
            const own = shown.filter((check) => check.category === category);
            return own.length === 0 ? null : (
              <section key={category} aria-label={format(`hostPage.category.${category}`)}>
                <h2 className="gh">{format(`hostPage.category.${category}`)}</h2>
                {own.map((check) => (
                  <CheckLine key={check.id} check={check} isMuted={false} />
                ))}
              </section>
            );
          })}
          {!hasChanges && <Journal />}
          {muted.length > 0 && (
            <details className="fold muted-checks">
              <summary>
                <ChevronRight size={14} />
                {format('hostPage.muted', { count: muted.length })}
              </summary>
              {muted.map((check) => (
                <CheckLine key={check.id} check={check} isMuted />
              ))}
            </details>
          )}
        </div>
      </div>
    </main>
  );
};
