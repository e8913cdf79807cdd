// The engines of this computer: how usable each is and why; "use it anyway" where a check advises against.
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { EngineFact } from '../../../../shared/model/compat.ts';
import { backendKey } from '../../../../shared/model/driver.ts';
import { useActions } from '../../actions/actions.ts';
import { SwitchRow } from '../../components/Form.tsx';
import { EngineMark, VerdictMark, type VerdictShape } from '../../components/marks.tsx';
import { engineTitle, useAppStore, useEngineInfo } from '../../state/app-store.ts';

const look: Readonly<
  Record<EngineFact['standing'], { readonly shape: VerdictShape; readonly tone: string }>
> = {
  usable: { shape: 'yes', tone: 'run' },
  slow: { shape: 'limited', tone: 'warn' },
  unusable: { shape: 'no', tone: 'err' },
  unknown: { shape: 'unknown', tone: 'off' },
};

export const EngineLines = () => {
  const engines = useAppStore((s) => s.state.engines);
  const rows = Object.values(engines);
  if (rows.length === 0) return null;
  return (
    <section aria-label={format('hostPage.engines')}>
      <h2 className="gh">{format('hostPage.engines')}</h2>
      {rows.map((fact) => (
        <EngineLine key={backendKey(fact)} fact={fact} />
      ))}
    </section>
  );
};

const EngineLine = ({ fact }: { readonly fact: EngineFact }) => {
  const actions = useActions();
  const backend = { driver: fact.driver, engine: fact.engine };
  const info = useEngineInfo(backend);
  const title = useAppStore((s) => engineTitle(s.state, backend));
  const { shape, tone } = look[fact.standing];
  const canForce = fact.isForced || fact.standing === 'slow' || fact.standing === 'unusable';
  return (
    <div className="engine-line">
      <span className={info?.speed === 'software' ? 'eng soft' : 'eng'}>
        {info && <EngineMark mark={info.mark} speed={info.speed} size={20} />}
      </span>
      <div className="grow">
        <div className="row wrap">
          <b>{title}</b>
          <span className={`chip tone-${tone}`}>
            <VerdictMark shape={shape} />
            {format(`hostPage.standing.${fact.standing}`)}
          </span>
          <span className="xs t3">{format(`why.confidence.${fact.confidence}`)}</span>
        </div>
        <p className="t2">{format('hostPage.because', { because: formatText(fact.reason) })}</p>
      </div>
      {canForce && (
        <div className="engine-force">
          <SwitchRow
            label={format('hostPage.force', { engine: title })}
            isOn={fact.isForced}
            onChange={(isForced) =>
              void actions.attempt(actions.client.host.setForced({ backend, isForced }))
            }
          />
        </div>
      )}
    </div>
  );
};
