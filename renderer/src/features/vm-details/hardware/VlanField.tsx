// How an adapter takes part in VLANs: not at all, with one tag, or with several that the guest tags itself.
import { useState } from 'react';
import { format } from '../../../../../shared/i18n/format.ts';
import type { Vlan } from '../../../../../shared/model/network.ts';
import type { Network } from '../../../../../shared/model/networks.ts';
import { SelectField, TextField } from '../../../components/Form.tsx';
import { Segments } from '../../../components/Segments.tsx';
import { VlanTag } from '../../../components/VlanTag.tsx';
import { readTags, showTags, vlanName, type VlanLook } from '../../../model/vlan.ts';

type Choice = 'none' | Vlan['mode'];
const choices: readonly Choice[] = ['none', 'access', 'trunk'];
const choiceLabel = { none: 'vlan.none', access: 'vlan.access', trunk: 'vlan.trunkMode' } as const;
const choiceHelp = {
  none: 'vlan.noneHelp',
  access: 'vlan.accessHelp',
  trunk: 'vlan.trunkHelp',
} as const;
const noNative = 'none';
/** Chips and native choices of a trunk: more nobody reads. */
const shownTags = 24;

/** As text; what cannot be read is an empty trunk or no tag, which cannot be stored. */
const written = (vlan: Vlan | undefined): string =>
  vlan === undefined
    ? ''
    : vlan.mode === 'access'
      ? Number.isNaN(vlan.tag)
        ? ''
        : String(vlan.tag)
      : showTags(vlan.tags);

export const VlanField = ({
  vlan,
  network,
  looks,
  onChange,
  disabled,
}: {
  readonly vlan: Vlan | undefined;
  readonly network: Network | undefined;
  readonly looks: ReadonlyMap<number, VlanLook>;
  readonly onChange: (vlan: Vlan | undefined) => void;
  readonly disabled: boolean;
}) => {
  // What is typed is kept as it is; it is only read.
  const [typed, setTyped] = useState(() => written(vlan));
  const choice: Choice = vlan?.mode ?? 'none';
  const read = readTags(typed);
  const firstNamed = network?.vlans[0]?.tag;

  const choose = (next: Choice): void => {
    if (next === 'none') return onChange(undefined);
    const tags = read.kind === 'tags' ? read.tags : firstNamed === undefined ? [] : [firstNamed];
    if (next === 'access') {
      const tag = tags[0];
      setTyped(tag === undefined ? '' : String(tag));
      return onChange({ mode: 'access', tag: tag ?? NaN });
    }
    setTyped(showTags(tags));
    return onChange({ mode: 'trunk', tags });
  };
  const type = (text: string): void => {
    setTyped(text);
    const tags = readTags(text);
    if (choice === 'access') {
      const isOne = /^\s*\d+\s*$/.test(text) && tags.kind === 'tags';
      onChange({ mode: 'access', tag: isOne ? (tags.tags[0] ?? NaN) : NaN });
    } else if (vlan?.mode === 'trunk') {
      const list = tags.kind === 'tags' ? tags.tags : [];
      const { native } = vlan;
      onChange({
        mode: 'trunk',
        tags: list,
        ...(native !== undefined && list.includes(native) ? { native } : {}),
      });
    }
  };
  const problem =
    vlan?.mode === 'access' && Number.isNaN(vlan.tag)
      ? format('vlan.badTag')
      : vlan?.mode === 'trunk' && read.kind === 'bad'
        ? format('vlan.badTags', { part: read.part })
        : vlan?.mode === 'trunk' && read.kind === 'empty'
          ? format('vlan.emptyTags')
          : undefined;
  const tags = vlan?.mode === 'trunk' ? vlan.tags : [];

  return (
    <div className="ad-vlan" role="group" aria-label={format('vlan.title')}>
      <div className="lbl">{format('vlan.title')}</div>
      <Segments
        label={format('vlan.title')}
        value={choice}
        options={choices.map((value) => ({ value, label: format(choiceLabel[value]) }))}
        onChange={choose}
      />
      {choice === 'none' ? (
        <p className="help">{format(choiceHelp.none)}</p>
      ) : (
        <TextField
          label={format(choice === 'access' ? 'vlan.tag' : 'vlan.tags')}
          className="input mono"
          value={typed}
          placeholder={choice === 'access' ? '10' : '10-20, 30'}
          problem={problem}
          help={format(choiceHelp[choice])}
          onChange={type}
          disabled={disabled}
        />
      )}
      {vlan?.mode === 'trunk' && tags.length > 0 && (
        <>
          <div className="ad-tags">
            {tags.slice(0, shownTags).map((tag) => (
              <VlanTag key={tag} tag={tag} name={vlanName(network, tag)} look={looks.get(tag)} />
            ))}
            {tags.length > shownTags && <span className="t3">…</span>}
          </div>
          <SelectField
            label={format('vlan.native')}
            value={vlan.native === undefined ? noNative : String(vlan.native)}
            options={[
              { value: noNative, label: format('vlan.nativeNone') },
              ...tags.slice(0, shownTags).map((tag) => ({
                value: String(tag),
                label: [tag, vlanName(network, tag)].filter(Boolean).join(' '),
              })),
            ]}
            onChange={(next) =>
              onChange({
                mode: 'trunk',
                tags,
                ...(next === noNative ? {} : { native: Number(next) }),
              })
            }
            disabled={disabled}
          />
        </>
      )}
      {vlan?.mode === 'access' && !Number.isNaN(vlan.tag) && (
        <div className="ad-tags">
          <VlanTag tag={vlan.tag} name={vlanName(network, vlan.tag)} look={looks.get(vlan.tag)} />
        </div>
      )}
    </div>
  );
};
