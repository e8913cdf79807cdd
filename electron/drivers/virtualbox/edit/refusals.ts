// VirtualBox's refusals about machines and media in our words, where we have some; the rest stays as it was said.
// Texts: VirtualBox 7.2.22 (`LC_ALL=C.UTF-8`).
import { failure, isFailure } from '../../../../shared/contract/errors.ts';
import { refusalCode } from '../vboxmanage.ts';

const messageOf = (error: unknown): string | undefined => {
  if (!isFailure(error, 'virtualbox/refused')) return undefined;
  const message = error.error.params['message'];
  return typeof message === 'string' ? message : undefined;
};

type Row = readonly [RegExp, (found: RegExpExecArray, cause: unknown) => Error];

/** First match wins. Add a row for a text. */
const rows: readonly Row[] = [
  [
    /Cannot register the hard disk '(.*)' \{[0-9a-f-]+\} because a hard disk '(.*)' with UUID/s,
    ([, path = '', other = ''], cause) =>
      failure('medium/in-use', { path, by: `VirtualBox, which takes it for ${other}` }, { cause }),
  ],
  [
    /Medium '(.*)' is already attached to this virtual machine/s,
    ([, path = ''], cause) =>
      failure('medium/in-use', { path, by: 'another disk of the same machine' }, { cause }),
  ],
  [
    /(?:Medium|hard disk) '(.*)' (?:is locked|cannot be)/s,
    ([, path = ''], cause) => failure('medium/in-use', { path, by: 'VirtualBox' }, { cause }),
  ],
  [
    /Could not find file for the medium '(.*)' \(VERR_FILE_NOT_FOUND\)/s,
    ([, path = ''], cause) => failure('medium/missing', { path }, { cause }),
  ],
  [
    /Could not get the storage format of the medium '(.*)' \(/s,
    ([, path = ''], cause) =>
      failure('medium/not-an-image', { path, found: 'nothing VirtualBox can open' }, { cause }),
  ],
  [
    /NAT rule for this host port and this host IP already exists/,
    (_found, cause) =>
      failure(
        'network/bad-forward',
        { reason: 'Another rule of this card has the same host port.' },
        { cause },
      ),
  ],
];

/** An error of VBoxManage as one of ours. `name`: of the machine. */
export const inOurWords = (error: unknown, name: string, setting: string): unknown => {
  const message = messageOf(error);
  if (message === undefined) return error;
  for (const [pattern, toError] of rows) {
    const found = pattern.exec(message);
    if (found) return toError(found, error);
  }
  const code = refusalCode(error);
  if (code === 'VBOX_E_INVALID_VM_STATE') {
    return failure('vm/not-changeable-live', { name, setting }, { cause: error });
  }
  if (/already locked (?:for|by) a session/.test(message)) {
    return failure('virtualbox/locked', { name }, { cause: error });
  }
  return error;
};
