// Which hypervisor keeps the new machine: asked only where more than one was found.
import { RadioGroup } from 'radix-ui';
import { format } from '../../../../shared/i18n/format.ts';
import { backendKey, type DriverInfo, type EngineInfo } from '../../../../shared/model/driver.ts';
import { EngineTile } from '../../components/Parts.tsx';
import { useAppStore } from '../../state/app-store.ts';
import type { AppState } from '../../../../shared/state/app-state.ts';

interface Outlook {
  readonly info: EngineInfo | undefined;
  readonly sentence: string;
}

/** Its best engine on this computer: one at processor speed, else what is left. */
const outlookOf = (driver: DriverInfo, engines: AppState['engines']): Outlook => {
  const absent = new Set(driver.capabilities?.absentEngines.map(({ engine }) => engine));
  const facts = driver.engines.flatMap((info) => {
    const fact = engines[backendKey({ driver: driver.id, engine: info.id })];
    return fact && !absent.has(info.id) ? [{ info, fact }] : [];
  });
  const say = (found: { info: EngineInfo }, key: 'native' | 'slow' | 'software'): Outlook => ({
    info: found.info,
    sentence: format(`new.hyper.${key}`, { engine: found.info.title }),
  });
  const good = facts.filter(({ fact }) => fact.standing === 'usable');
  const native = good.find(({ info }) => info.speed === 'native');
  if (native) return say(native, 'native');
  const software = good[0];
  if (software) return say(software, 'software');
  const slow = facts.find(({ fact }) => fact.standing === 'slow');
  if (slow) return say(slow, 'slow');
  const isLooking = facts.length === 0 || facts.some(({ fact }) => fact.standing === 'unknown');
  return {
    info: driver.engines[0],
    sentence: format(isLooking ? 'new.hyper.unknown' : 'new.hyper.none'),
  };
};

export const HypervisorChoice = ({
  drivers,
  value,
  onChange,
}: {
  readonly drivers: readonly DriverInfo[];
  readonly value: string;
  readonly onChange: (driver: DriverInfo) => void;
}) => {
  const engines = useAppStore((s) => s.state.engines);
  return (
    <div>
      <h2 className="sec" id="new-hypervisor">
        {format('new.hypervisor')}
      </h2>
      <RadioGroup.Root
        className="hypers"
        aria-labelledby="new-hypervisor"
        value={value}
        onValueChange={(id) => {
          const driver = drivers.find((row) => row.id === id);
          if (driver) onChange(driver);
        }}
      >
        {drivers.map((driver) => {
          const { info, sentence } = outlookOf(driver, engines);
          const version = driver.probe.kind === 'found' ? driver.probe.version : '';
          return (
            <RadioGroup.Item key={driver.id} value={driver.id} className="hyper">
              <EngineTile info={info} />
              <span>
                <b>{`${driver.title} ${version}`.trim()}</b>
                <span className="xs t2">{sentence}</span>
              </span>
              <span className="dot" aria-hidden="true" />
            </RadioGroup.Item>
          );
        })}
      </RadioGroup.Root>
    </div>
  );
};
