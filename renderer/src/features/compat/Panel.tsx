// What a chosen cell or engine means: a sentence, how it is known, and what would change it.
import { BookOpen, FlaskConical, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { CompatCell, CompatRow } from '../../../../shared/model/compat-table.ts';
import { backendKey, type Backend } from '../../../../shared/model/driver.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { EngineMark, VerdictMark } from '../../components/marks.tsx';
import { RemedyLine } from '../../components/RemedyLine.tsx';
import { asSentence } from '../../components/sentence.ts';
import { cellLook, engineLook, type Look } from '../../model/verdict-look.ts';
import { engineTitle, useAppStore, useDriver, useEngineInfo } from '../../state/app-store.ts';
import { goTo } from '../../state/ui-store.ts';
import { sourcesOf } from './table.ts';

const Frame = ({
  kicker,
  title,
  look,
  verdict,
  onClose,
  children,
}: {
  readonly kicker: ReactNode;
  readonly title: string;
  readonly look: Look;
  readonly verdict: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) => (
  <aside className="mx-panel" aria-label={format('compat.panel')} aria-live="polite">
    <div className="row mx-kicker t2 xs">
      {kicker}
      <button
        type="button"
        className="btn ico flat sm end"
        aria-label={format('common.close')}
        onClick={onClose}
      >
        <X size={16} />
      </button>
    </div>
    <h2>{title}</h2>
    <div>
      <span className={`chip tone-${look.tone}`}>
        <VerdictMark shape={look.shape} />
        {verdict}
      </span>
    </div>
    {children}
  </aside>
);

const Kicker = ({ backend }: { readonly backend: Backend }) => {
  const info = useEngineInfo(backend);
  const title = useAppStore((s) => engineTitle(s.state, backend));
  return (
    <span className="row">
      {info && <EngineMark info={info} />}
      {title}
    </span>
  );
};

export const CellPanel = ({
  row,
  backend,
  machine,
  onClose,
}: {
  readonly row: CompatRow;
  readonly backend: Backend;
  /** Name of the machine whose wishes are marked. */
  readonly machine: string | undefined;
  readonly onClose: () => void;
}) => {
  const engine = useAppStore((s) => engineTitle(s.state, backend));
  const found = row.cells.find((cell) => backendKey(cell.backend) === backendKey(backend));
  const cell: CompatCell = found ?? { backend, verdict: 'unknown', standing: 'assumed' };
  return (
    <Frame
      kicker={<Kicker backend={backend} />}
      title={formatText(row.title)}
      look={cellLook[cell.verdict]}
      verdict={format(`compat.verdict.${cell.verdict}`)}
      onClose={onClose}
    >
      <p className="mx-say">
        {cell.sentence
          ? asSentence(cell.sentence)
          : format(cell.verdict === 'yes' ? 'compat.say.yes' : 'compat.say.nothing', { engine })}
      </p>
      {row.isWanted && machine !== undefined && (
        <p className="t2">{format('compat.usedBy', { name: machine })}</p>
      )}
      {cell.remedy && (
        <section>
          <h3>{format('hostPage.remedies')}</h3>
          <RemedyLine remedy={cell.remedy} />
        </section>
      )}
      <div className="mx-known xs t2">
        <p>
          <FlaskConical size={16} />
          {format(`compat.standing.${cell.standing}`)}
        </p>
        <Sources source={row.source} />
      </div>
    </Frame>
  );
};

const Sources = ({ source }: { readonly source: string }) => {
  const actions = useActions();
  const sources = sourcesOf(source);
  if (sources.length === 0) return null;
  return (
    <div className="mx-sources">
      <BookOpen size={16} />
      <ul aria-label={format('compat.source')}>
        {sources.map(({ text, url }) => (
          <li key={text}>
            {url === undefined ? (
              <span>{text}</span>
            ) : (
              <Button
                look="link"
                className="mx-link"
                onClick={() => void actions.attempt(actions.client.app.openExternal({ url }))}
              >
                {text}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
};

/** The head of a column: why the engine stands as it does, and what would change that. */
export const EnginePanel = ({
  backend,
  onClose,
}: {
  readonly backend: Backend;
  readonly onClose: () => void;
}) => {
  const title = useAppStore((s) => engineTitle(s.state, backend));
  const fact = useAppStore((s) => s.state.engines[backendKey(backend)]);
  const driver = useDriver(backend.driver);
  const route = driver?.capabilities?.startRoutes.find(({ engine }) => engine === backend.engine);
  const standing = fact?.standing ?? 'unknown';
  return (
    <Frame
      kicker={
        <span>
          {driver?.probe.kind === 'found'
            ? `${driver.title} ${driver.probe.version}`
            : driver?.title}
        </span>
      }
      title={title}
      look={engineLook[standing]}
      verdict={format(`hostPage.standing.${standing}`)}
      onClose={onClose}
    >
      <p className="mx-say">
        {fact
          ? format('hostPage.because', { because: formatText(fact.reason) })
          : format('compat.say.nothing', { engine: title })}
      </p>
      {route && <p className="t2">{asSentence(route.reason)}</p>}
      {fact?.remedy && (
        <section>
          <h3>{format('hostPage.remedies')}</h3>
          <RemedyLine remedy={fact.remedy} />
        </section>
      )}
      {fact && (
        <div className="mx-known xs t2">
          <p>
            <FlaskConical size={16} />
            {format(`why.confidence.${fact.confidence}`)}
          </p>
        </div>
      )}
      <div>
        <Button size="small" onClick={() => goTo({ kind: 'host' })}>
          {format('err.do.openHost')}
        </Button>
      </div>
    </Frame>
  );
};
