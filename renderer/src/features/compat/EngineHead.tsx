// A column's head: the engine and how it stands on this computer.
import { format } from '../../../../shared/i18n/format.ts';
import { backendKey, type Backend } from '../../../../shared/model/driver.ts';
import { EngineMark, VerdictMark } from '../../components/marks.tsx';
import { engineLook } from '../../model/verdict-look.ts';
import { engineTitle, useAppStore, useDriver, useEngineInfo } from '../../state/app-store.ts';

/** "VirtualBox on KVM" of "VirtualBox" -> "on KVM"; an engine without a name of its own -> `undefined`. */
export const engineWord = (title: string, driver: string): string | undefined => {
  const rest = title.startsWith(driver) ? title.slice(driver.length) : title;
  const word = rest.replace(/^[\s,]+/, '');
  return word === '' ? undefined : word;
};

export const EngineHead = ({
  backend,
  column,
  isActive,
  isSelected,
}: {
  readonly backend: Backend;
  readonly column: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
}) => {
  const info = useEngineInfo(backend);
  const driver = useDriver(backend.driver);
  const title = useAppStore((s) => engineTitle(s.state, backend));
  const fact = useAppStore((s) => s.state.engines[backendKey(backend)]);
  const standing = fact?.standing ?? 'unknown';
  const { shape, tone } = engineLook[standing];
  const name = driver?.title ?? title;
  return (
    <th
      scope="col"
      className={isSelected ? 'mx-head on' : 'mx-head'}
      aria-selected={isSelected}
      tabIndex={isActive ? 0 : -1}
      data-row={-1}
      data-column={column}
      title={title}
    >
      <span className="row mx-engine">
        {info && <EngineMark info={info} />}
        <b className="mx-word">{name}</b>
      </span>
      <span className="mx-word mx-sub">
        {engineWord(title, name) ?? format('compat.ownEngine')}
      </span>
      <span className={`st tone-${tone}`}>
        <VerdictMark shape={shape} size={14} />
        <span className="mx-word">{format(`hostPage.standing.${standing}`)}</span>
      </span>
    </th>
  );
};
