// Small display parts: state word, engine badge, note, folded section, command line, keys.
import { ChevronRight, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import type { EngineInfo } from '../../../shared/model/driver.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmEngine } from '../../../shared/model/vm.ts';
import { AttentionMark, EngineMark, StateMark, VerdictMark } from './marks.tsx';
import { CopyIcon } from './Button.tsx';

export type Tone = 'run' | 'warn' | 'err' | 'saved' | 'off' | 'info';

const toneOf: Readonly<Record<PowerState, Tone>> = {
  off: 'off',
  starting: 'info',
  restoring: 'info',
  running: 'run',
  paused: 'warn',
  saving: 'info',
  saved: 'saved',
  stopping: 'info',
  crashed: 'err',
  damaged: 'err',
};

/** Shape, word and colour of a power state; `children` replaces the word ("Running for 12 min"). */
export const StateWord = ({
  state,
  children,
}: {
  readonly state: PowerState;
  readonly children?: ReactNode;
}) => (
  <span className={`st tone-${toneOf[state]}`}>
    <StateMark state={state} />
    {children ?? format(`power.${state}`)}
  </span>
);

export const EngineBadge = ({
  info,
  standing,
  isLong = false,
}: {
  readonly info: EngineInfo;
  readonly standing: VmEngine['standing'];
  readonly isLong?: boolean;
}) => (
  <span
    className={`badge${isLong ? ' lg' : ''}${info.speed === 'software' ? ' soft' : ''}${standing === 'refused' ? ' refused' : ''}${standing === 'alarm' ? ' alarm' : ''}`}
  >
    {standing === 'alarm' ? <AttentionMark size={12} /> : <EngineMark info={info} />}
    {isLong ? info.title : info.shortTitle}
  </span>
);

/** The engine as a tile beside its name; without `info` an empty one keeps the place. */
export const EngineTile = ({ info }: { readonly info: EngineInfo | undefined }) => (
  <span className={info?.speed === 'software' ? 'eng soft' : 'eng'}>
    {info ? <EngineMark info={info} size={20} /> : <VerdictMark shape="unknown" size={20} />}
  </span>
);

export const Note = ({
  tone = 'off',
  children,
  action,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) => (
  <div className={`note tone-${tone}`} role={tone === 'err' ? 'alert' : 'status'}>
    {tone === 'err' || tone === 'warn' ? <AttentionMark /> : <Info size={16} />}
    <div className="grow selectable">{children}</div>
    {action}
  </div>
);

export const Fold = ({
  title,
  aside,
  isOpen = false,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}) => (
  <details className="fold" open={isOpen}>
    <summary>
      <ChevronRight size={14} />
      {title}
      {aside !== undefined && <span className="end t3">{aside}</span>}
    </summary>
    {children}
  </details>
);

/** A command a person can run, with copy. */
export const CommandLine = ({ command }: { readonly command: string }) => (
  <div className="cmd">
    <code className="selectable">{command}</code>
    <CopyIcon text={command} what={format('copy.command')} />
  </div>
);

/** `Ctrl K` as separate keys. */
export const Keys = ({ keys }: { readonly keys: string }) => (
  <span className="row" style={{ gap: '0.2rem' }}>
    {keys.split(' ').map((key) => (
      <kbd key={key}>{key}</kbd>
    ))}
  </span>
);
