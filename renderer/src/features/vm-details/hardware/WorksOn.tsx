// "Works on": what the machine uses and not every engine of its hypervisor can do, engine by engine.
import { format, formatText } from '../../../../../shared/i18n/format.ts';
import type { CompatRow } from '../../../../../shared/model/compat-table.ts';
import { backendKey } from '../../../../../shared/model/driver.ts';
import type { Vm } from '../../../../../shared/model/vm.ts';
import { EngineMark, VerdictMark } from '../../../components/marks.tsx';
import { asSentence } from '../../../components/sentence.ts';
import { cellLook } from '../../../model/verdict-look.ts';
import { engineTitle, useAppStore, useDriver } from '../../../state/app-store.ts';

/** What limits it, each sentence once: engines often share their reason. */
const limits = (cells: CompatRow['cells']): readonly string[] => [
  ...new Set(
    cells.flatMap(({ sentence, verdict }) =>
      sentence && verdict !== 'yes' ? [asSentence(sentence)] : [],
    ),
  ),
];

export const WorksOn = ({
  vm,
  rows,
  group,
}: {
  readonly vm: Vm;
  readonly rows: readonly CompatRow[] | undefined;
  readonly group: CompatRow['group'];
}) => {
  const { driver } = vm.definition;
  const engines = useDriver(driver)?.engines ?? [];
  const state = useAppStore((s) => s.state);
  const own = (rows ?? []).flatMap((row) => {
    if (!row.isWanted || row.group !== group) return [];
    const cells = row.cells.filter(({ backend }) => backend.driver === driver);
    return cells.some(({ verdict }) => verdict !== 'yes') ? [{ row, cells }] : [];
  });
  if (own.length === 0) return null;
  return (
    <div className="works" role="group" aria-label={format('works.title')}>
      {own.map(({ row, cells }) => (
        <div key={row.id} className="works-row">
          <span>{formatText(row.title)}</span>
          <ul aria-label={format('works.on')}>
            {cells.map(({ backend, verdict }) => {
              const info = engines.find(({ id }) => id === backend.engine);
              const { shape, tone } = cellLook[verdict];
              return (
                <li key={backendKey(backend)} className="row">
                  <span className={`st tone-${tone}`}>
                    <VerdictMark shape={shape} size={14} />
                    <span className="vh">{format(`compat.verdict.${verdict}`)}</span>
                  </span>
                  {info && <EngineMark info={info} size={14} />}
                  <span className="xs">{engineTitle(state, backend)}</span>
                </li>
              );
            })}
          </ul>
          {limits(cells).map((sentence) => (
            <p key={sentence} className="xs t2">
              {sentence}
            </p>
          ))}
        </div>
      ))}
    </div>
  );
};
