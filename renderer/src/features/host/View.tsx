// This computer: every check with its verdict, what was tested, what came out, and what to do about it.
import { RefreshCw } from 'lucide-react';
import { format } from '../../../../shared/i18n/format.ts';
import type { HostCheck } from '../../../../shared/model/compat.ts';
import { useActions } from '../../actions/actions.ts';
import { Button, CopyButton } from '../../components/Button.tsx';
import { useAppStore, useHost } from '../../state/app-store.ts';
import { CheckLine } from './CheckLine.tsx';
import { EngineLines } from './EngineLines.tsx';

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

export const HostView = () => {
  const actions = useActions();
  const checks = useAppStore((s) => s.state.checks);
  const host = useHost();
  const rows = Object.values(checks);
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
          <EngineLines />
          {categories.map((category) => {
            const own = rows.filter((check) => check.category === category);
            return own.length === 0 ? null : (
              <section key={category} aria-label={format(`hostPage.category.${category}`)}>
                <h2 className="gh">{format(`hostPage.category.${category}`)}</h2>
                {own.map((check) => (
                  <CheckLine key={check.id} check={check} />
                ))}
              </section>
            );
          })}
        </div>
      </div>
    </main>
  );
};
