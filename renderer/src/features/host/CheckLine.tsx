// One check: a line with mark and sentence; folded: what was tested, raw output, remedies.
import { Bell, BellOff, ChevronRight, RefreshCw } from 'lucide-react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { HostCheck } from '../../../../shared/model/compat.ts';
import { useActions } from '../../actions/actions.ts';
import { Button, CopyButton } from '../../components/Button.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { RemedyLine } from '../../components/RemedyLine.tsx';
import { showTime } from '../../components/units.ts';
import { verdictLook } from '../../model/check-look.ts';
import { useSettings } from '../../state/app-store.ts';

export const checkDomId = (id: string): string => `check-${id}`;

export const CheckLine = ({
  check,
  isMuted,
}: {
  readonly check: HostCheck;
  readonly isMuted: boolean;
}) => {
  const actions = useActions();
  const { mutedChecks } = useSettings();
  const mute = (): void => {
    const others = mutedChecks.filter((id) => id !== check.id);
    void actions.attempt(
      actions.client.settings.update({ mutedChecks: isMuted ? others : [...others, check.id] }),
    );
  };
  // What is good needs no silence.
  const canMute =
    isMuted ||
    check.verdict === 'warn' ||
    check.verdict === 'blocked' ||
    check.verdict === 'unknown';
  const { shape, tone } = verdictLook[check.verdict];
  return (
    <details className="chk" id={checkDomId(check.id)}>
      <summary>
        <span className={`st tone-${tone} chk-verdict`}>
          <VerdictMark shape={shape} />
          <span className="xs">{format(`hostPage.verdict.${check.verdict}`)}</span>
        </span>
        <span className="chk-title">{formatText(check.title)}</span>
        <span className="chk-say t2">{formatText(check.sentence)}</span>
        <ChevronRight size={16} className="chk-arrow" />
      </summary>
      <div className="chk-body">
        {check.remedies.length > 0 && (
          <div className="col" style={{ gap: 'var(--s-3)' }}>
            <h3>{format('hostPage.remedies')}</h3>
            {check.remedies.map((remedy, index) => (
              <RemedyLine key={`${remedy.label.key}-${index}`} remedy={remedy} />
            ))}
          </div>
        )}
        <div>
          <h3>{format('hostPage.tested')}</h3>
          <code className="mono selectable">{check.tested}</code>
        </div>
        <div>
          <h3>{format('hostPage.raw')}</h3>
          <pre className="code" tabIndex={0} aria-label={format('hostPage.raw')}>
            {check.raw === '' ? format('hostPage.rawEmpty') : check.raw}
          </pre>
        </div>
        <div className="row wrap">
          <Button
            size="small"
            icon={<RefreshCw size={14} />}
            disabled={check.verdict === 'running'}
            onClick={() => void actions.attempt(actions.client.host.recheck({ check: check.id }))}
          >
            {format('hostPage.lookAgain')}
          </Button>
          <CopyButton size="small" text={`${check.tested}\n${check.raw}`}>
            {format('hostPage.copyRaw')}
          </CopyButton>
          {canMute && (
            <Button
              size="small"
              look="flat"
              title={format('hostPage.muteHelp')}
              icon={isMuted ? <Bell size={14} /> : <BellOff size={14} />}
              onClick={mute}
            >
              {format(isMuted ? 'hostPage.unmute' : 'hostPage.mute')}
            </Button>
          )}
          {check.checkedAt !== undefined && (
            <span className="xs t3 end">
              {format('hostPage.checkedAt', { time: showTime(check.checkedAt) })}
            </span>
          )}
        </div>
      </div>
    </details>
  );
};
