// A remedy: what it does, the command to copy, and what it needs.
import { format, formatText } from '../../../shared/i18n/format.ts';
import type { Remedy } from '../../../shared/model/compat.ts';
import { CommandLine } from './Parts.tsx';

export const RemedyLine = ({ remedy }: { readonly remedy: Remedy }) => (
  <div className="remedy">
    <p>{formatText(remedy.label)}</p>
    {remedy.command !== undefined && <CommandLine command={remedy.command} />}
    {remedy.needs.length > 0 && (
      <p className="help">{remedy.needs.map((need) => format(`remedy.${need}`)).join(' ')}</p>
    )}
  </div>
);
