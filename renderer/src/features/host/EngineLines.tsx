// Hypervisors and their engines on this computer: how usable each is and why, what the build lacks, how machines
// start on it; "use it anyway" where a check advises against.
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { EngineId } from '../../../../shared/model/brand.ts';
import type { EngineFact } from '../../../../shared/model/compat.ts';
import { backendKey, type DriverInfo, type EngineInfo } from '../../../../shared/model/driver.ts';
import type { Text } from '../../../../shared/model/text.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { SwitchRow } from '../../components/Form.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { EngineTile } from '../../components/Parts.tsx';
import { asSentence } from '../../components/sentence.ts';
import { engineLook } from '../../model/verdict-look.ts';
import { useAppStore } from '../../state/app-store.ts';

export const EngineLines = ({ onShowCheck }: { readonly onShowCheck: (id: string) => void }) => {
  const drivers = useAppStore((s) => s.state.drivers);
  const rows = Object.values(drivers);
  if (rows.length === 0) return null;
  return (
    <section aria-label={format('hostPage.engines')}>
      <h2 className="gh">{format('hostPage.engines')}</h2>
      {rows.map((driver) => (
        <Driver key={driver.id} driver={driver} onShowCheck={onShowCheck} />
      ))}
    </section>
  );
};

const Driver = ({
  driver,
  onShowCheck,
}: {
  readonly driver: DriverInfo;
  readonly onShowCheck: (id: string) => void;
}) => {
  const { probe, capabilities } = driver;
  const engines = useAppStore((s) => s.state.engines);
  const absent = (engine: EngineId): Text | undefined =>
    capabilities?.absentEngines.find((row) => row.engine === engine)?.reason;
  const route = (engine: EngineId): Text | undefined =>
    capabilities?.startRoutes.find((row) => row.engine === engine)?.reason;
  return (
    <div className="driver">
      <div className="driver-line">
        <h3>{driver.title}</h3>
        <span className="t2">
          {format(`host.driver.${probe.kind}`, {
            version: probe.kind === 'found' ? probe.version : '',
          })}
        </span>
        {probe.kind === 'found' && (
          <code className="mono t3 selectable">{Object.values(probe.paths)[0]}</code>
        )}
        {probe.kind === 'broken' && (
          <code className="mono t3 selectable">{probe.stderrTail.split('\n')[0]}</code>
        )}
        {driver.problem && <p className="tone-warn">{asSentence(driver.problem)}</p>}
      </div>
      {probe.kind !== 'missing' &&
        driver.engines.map((info) => {
          const reason = absent(info.id);
          const fact = engines[backendKey({ driver: driver.id, engine: info.id })];
          if (reason) return <AbsentLine key={info.id} info={info} reason={reason} />;
          return fact ? (
            <EngineLine
              key={info.id}
              info={info}
              fact={fact}
              route={route(info.id)}
              onShowCheck={onShowCheck}
            />
          ) : null;
        })}
    </div>
  );
};

const AbsentLine = ({ info, reason }: { readonly info: EngineInfo; readonly reason: Text }) => (
  <div className="engine-line absent">
    <EngineTile info={info} />
    <div className="grow">
      <div className="row wrap">
        <b>{info.title}</b>
        <span className="chip">
          <VerdictMark shape="no" />
          {format('hostPage.absent')}
        </span>
      </div>
      <p className="t2">{format('hostPage.because', { because: formatText(reason) })}</p>
    </div>
  </div>
);

const EngineLine = ({
  info,
  fact,
  route,
  onShowCheck,
}: {
  readonly info: EngineInfo;
  readonly fact: EngineFact;
  readonly route: Text | undefined;
  readonly onShowCheck: (id: string) => void;
}) => {
  const actions = useActions();
  const checks = useAppStore((s) => s.state.checks);
  const { shape, tone } = engineLook[fact.standing];
  const canForce = fact.isForced || fact.standing === 'slow' || fact.standing === 'unusable';
  const known = fact.checkIds.flatMap((id) => checks[id] ?? []);
  return (
    <div className="engine-line">
      <EngineTile info={info} />
      <div className="grow">
        <div className="row wrap">
          <b>{info.title}</b>
          <span className={`chip tone-${tone}`}>
            <VerdictMark shape={shape} />
            {format(`hostPage.standing.${fact.standing}`)}
          </span>
          <span className="xs t3">{format(`why.confidence.${fact.confidence}`)}</span>
        </div>
        <p className="t2">{format('hostPage.because', { because: formatText(fact.reason) })}</p>
        {route && <p className="t2">{asSentence(route)}</p>}
        {known.length > 0 && (
          <div className="engine-checks xs">
            <span className="t3">{format('hostPage.judgedBy')}</span>
            {known.map((check) => (
              <Button key={check.id} look="link" onClick={() => onShowCheck(check.id)}>
                <span className="xs">{formatText(check.title)}</span>
              </Button>
            ))}
          </div>
        )}
      </div>
      {canForce && (
        <div className="engine-force">
          <SwitchRow
            label={format('hostPage.force', { engine: info.title })}
            isOn={fact.isForced}
            onChange={(isForced) =>
              void actions.attempt(
                actions.client.host.setForced({
                  backend: { driver: fact.driver, engine: fact.engine },
                  isForced,
                }),
              )
            }
          />
        </div>
      )}
    </div>
  );
};
