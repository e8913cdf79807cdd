// A VLAN as a chip: number, name, pattern and colour of its line.
import { untaggedLook, type VlanLook } from '../model/vlan.ts';

export const VlanLine = ({ look }: { readonly look: VlanLook }) => (
  <svg width="18" height="6" aria-hidden="true" className="vl-line">
    <path
      d="M0 3h18"
      stroke={look.colour}
      strokeWidth="3"
      // The line of a chip is short: half the steps.
      strokeDasharray={
        look.dash === ''
          ? undefined
          : look.dash
              .split(' ')
              .map((step) => Math.max(1.5, Number(step) / 2))
              .join(' ')
      }
    />
  </svg>
);

export const VlanTag = ({
  tag,
  name,
  look = untaggedLook,
}: {
  readonly tag: number | string;
  readonly name?: string | undefined;
  readonly look?: VlanLook | undefined;
}) => (
  <span className="vt">
    <VlanLine look={look} />
    <b className="num">{tag}</b>
    {name !== undefined && <span>{name}</span>}
  </span>
);
