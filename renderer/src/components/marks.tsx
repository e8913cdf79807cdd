// Our own drawings: state marks, verdict marks, engine marks, the product's mark. Shape says it, colour repeats it.
import type { ReactNode } from 'react';
import type { EngineInfo } from '../../../shared/model/driver.ts';
import type { PowerState } from '../../../shared/model/power.ts';

interface SvgProps {
  readonly size?: number;
  readonly children: ReactNode;
  readonly className?: string;
}
const Svg = ({ size = 16, className, children }: SvgProps) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    className={className}
  >
    {children}
  </svg>
);

const knockOut = { fill: 'var(--bg)', stroke: 'none' };

/** Running disc with a triangle. */
const Running = () => (
  <Svg>
    <circle cx="8" cy="8" r="7" fill="currentColor" stroke="none" />
    <path d="M6.4 5.1v5.8L11 8z" style={knockOut} />
  </Svg>
);
const Paused = () => (
  <Svg>
    <circle cx="8" cy="8" r="6.2" />
    <path d="M6.5 5.8v4.4M9.5 5.8v4.4" />
  </Svg>
);
const Saved = () => (
  <Svg>
    <circle cx="8" cy="8" r="6.2" />
    <path d="M1.8 8a6.2 6.2 0 0 0 12.4 0z" fill="currentColor" stroke="none" />
  </Svg>
);
const Off = () => (
  <Svg>
    <circle cx="8" cy="8" r="6" />
  </Svg>
);
const Busy = () => (
  <Svg className="turning">
    <circle cx="8" cy="8" r="6" strokeDasharray="3.1 3.18" />
  </Svg>
);
export const AttentionMark = ({ size = 16 }: { readonly size?: number }) => (
  <Svg size={size}>
    <path
      d="M8 1.6 15.2 14.2H.8z"
      fill="currentColor"
      strokeWidth="1.2"
      stroke="currentColor"
      strokeLinejoin="round"
    />
    <path d="M8 6v3.8M8 12v.1" style={{ stroke: 'var(--bg)' }} strokeWidth="1.5" />
  </Svg>
);

export const StateMark = ({ state }: { readonly state: PowerState }) => {
  switch (state) {
    case 'running':
      return <Running />;
    case 'paused':
      return <Paused />;
    case 'saved':
      return <Saved />;
    case 'off':
      return <Off />;
    case 'starting':
    case 'restoring':
    case 'saving':
    case 'stopping':
      return <Busy />;
    case 'crashed':
    case 'damaged':
      return <AttentionMark />;
  }
};

export type VerdictShape = 'yes' | 'limited' | 'step' | 'no' | 'look' | 'unknown' | 'busy' | 'info';

export const VerdictMark = ({
  shape,
  size = 16,
}: {
  readonly shape: VerdictShape;
  readonly size?: number;
}) => {
  switch (shape) {
    case 'yes':
      return (
        <Svg size={size}>
          <circle cx="8" cy="8" r="7" fill="currentColor" stroke="none" />
          <path d="m5 8.2 2.1 2.1L11 6.2" style={{ stroke: 'var(--bg)' }} />
        </Svg>
      );
    case 'limited':
      return (
        <Svg size={size}>
          <circle cx="8" cy="8" r="6.2" />
          <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" stroke="none" />
        </Svg>
      );
    case 'step':
      return (
        <Svg size={size}>
          <circle cx="5.4" cy="10.6" r="3.4" strokeWidth="1.5" />
          <path d="M8 8.1 13.6 2.4M11 5l2.2 2.2" strokeWidth="1.5" />
        </Svg>
      );
    case 'no':
      return (
        <Svg size={size}>
          <rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="currentColor" stroke="none" />
          <path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" style={{ stroke: 'var(--bg)' }} />
        </Svg>
      );
    case 'look':
      return <AttentionMark size={size} />;
    case 'unknown':
      return (
        <Svg size={size}>
          <circle cx="8" cy="8" r="6.4" strokeDasharray="2.2 1.9" strokeWidth="1.3" />
          <path d="M6.4 6.4c.1-1 .8-1.5 1.6-1.5s1.6.6 1.6 1.4c0 1.2-1.6 1.2-1.6 2.4M8 10.9v.1" />
        </Svg>
      );
    case 'busy':
      return (
        <Svg size={size} className="turning">
          <circle cx="8" cy="8" r="6" strokeDasharray="3.1 3.18" />
        </Svg>
      );
    case 'info':
      return (
        <Svg size={size}>
          <circle cx="8" cy="8" r="6.2" />
          <path d="M8 7.4v3.4M8 5.1v.1" />
        </Svg>
      );
  }
};

type EngineLook = Pick<EngineInfo, 'mark' | 'speed' | 'accelerator'>;

const outline: Readonly<Record<EngineLook['mark'], ReactNode>> = {
  box: <path d="M8 1.5 13.8 4.8v6.4L8 14.5 2.2 11.2V4.8z" />,
  ring: <circle cx="7.3" cy="7.3" r="5.6" />,
};
/** On an accelerator that belongs to the hypervisor alone the box is closed: its own edges are the inside. */
const inside: Readonly<Record<EngineLook['mark'], Readonly<Record<Inside, string>>>> = {
  box: {
    own: 'M2.5 5 8 8.1 13.5 5M8 8.1v6.2',
    bolt: 'M8.6 4.6 6 8.5h4L7.4 11.6',
    wave: 'M5.2 8c.7-1.4 1.6-1.4 2.8 0s2.1 1.4 2.8 0',
  },
  ring: {
    own: 'M7.9 4.3 5.4 7.7h3.8L6.7 10.5',
    bolt: 'M7.9 4.3 5.4 7.7h3.8L6.7 10.5',
    wave: 'M4.5 7.3c.7-1.4 1.6-1.4 2.8 0s2.1 1.4 2.8 0',
  },
};
type Inside = 'own' | 'bolt' | 'wave';

const insideOf = ({ speed, accelerator }: EngineLook): Inside => {
  if (speed === 'software') return 'wave';
  return accelerator === 'kvm' ? 'bolt' : 'own';
};

/** Box = one kind of driver, ring with a tail = another; bolt = processor speed, wave and dashes = software. */
export const EngineMark = ({
  info,
  size = 16,
}: {
  readonly info: EngineLook;
  readonly size?: number;
}) => (
  <Svg size={size}>
    <g strokeWidth="1.4" strokeDasharray={info.speed === 'software' ? '2.4 1.85' : undefined}>
      {outline[info.mark]}
    </g>
    {info.mark === 'ring' && <path d="m11.5 11.5 3 3" strokeWidth="1.8" />}
    <path d={inside[info.mark][insideOf(info)]} strokeWidth="1.3" />
  </Svg>
);

export const ProductMark = ({ size = 20 }: { readonly size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.8"
    strokeLinejoin="round"
    strokeLinecap="round"
    aria-hidden="true"
  >
    <path d="M5.5 5V3.8A1.8 1.8 0 0 1 7.3 2h9A1.8 1.8 0 0 1 18 3.8v6.4a1.8 1.8 0 0 1-1.7 1.8H15" />
    <rect x="2" y="6.5" width="11.5" height="9" rx="1.8" />
    <path d="M6.6 9v4l3.3-2zM5 18.2h5.5" />
  </svg>
);
