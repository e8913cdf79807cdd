// A new network, or the settings of one: what is wrong is said at the field, before anything is made.
import { useEffect, useState } from 'react';
import { isFailure, type AppError } from '../../../../shared/contract/errors.ts';
import { format } from '../../../../shared/i18n/format.ts';
import { isOnBridge } from '../../../../shared/model/network.ts';
import type { NetworkId, NetworkKind } from '../../../../shared/model/networks.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { KindCards } from '../../components/KindCards.tsx';
import { Note } from '../../components/Parts.tsx';
import { presentError } from '../../errors/present-error.ts';
import { networkKinds } from '../../model/network-members.ts';
import { useAppStore } from '../../state/app-store.ts';
import { closeDialog, goTo, showToast } from '../../state/ui-store.ts';
import { readForm, tidied, toForm, type NetworkForm, type Problems } from './draft.ts';
import { NetworkFields } from './NetworkFields.tsx';
import { useCheck } from './use-check.ts';

const say = (error: AppError): string => {
  const { title, body } = presentError(error, false);
  return `${title}. ${body}`;
};

/** A problem is told at its field where the form shows it, else above the form. */
const shownFields =
  /^(name|uplink|ipv4\.(subnet|gateway|dhcp\.(first|last))|ipv6\.prefix|networkBoot\.(folder|file)|(reservations|dnsNames|vlans)\.\d+\.\w+)$/;
/** Words of main for fields that have parts: the part that is typed first. */
const firstPart: Readonly<Record<string, string>> = {
  ipv4: 'ipv4.subnet',
  'ipv4.dhcp': 'ipv4.dhcp.first',
  ipv6: 'ipv6.prefix',
  networkBoot: 'networkBoot.folder',
  reservations: 'address',
  dnsNames: 'name',
  vlans: 'tag',
};
const fieldOf = (named: string): string => {
  const row = /^(\w+)\.\d+$/.exec(named)?.[1];
  const part = firstPart[row ?? named];
  return part === undefined ? named : row === undefined ? part : `${named}.${part}`;
};

export const NetworkDialog = ({
  id,
  kind: firstKind,
}: {
  readonly id?: NetworkId;
  readonly kind?: NetworkKind | undefined;
}) => {
  const { client } = useActions();
  const row = useAppStore((s) => (id === undefined ? undefined : s.state.networks[id]));
  const [kind, setKind] = useState<NetworkKind>(firstKind ?? 'natNetwork');
  const [form, setForm] = useState<NetworkForm | undefined>(() => row && toForm(row.network));
  const [error, setError] = useState<AppError>();
  const [isBusy, setBusy] = useState(false);
  const isNew = id === undefined;

  useEffect(() => {
    if (!isNew) return undefined;
    let isStale = false;
    client.network.suggest({ kind }).then(
      ({ network }) => {
        if (isStale) return;
        setError(undefined);
        setForm((now) => {
          const next = toForm(network);
          // A name the person wrote stays when another kind is chosen.
          return now && now.name !== now.base.name ? { ...next, name: now.name } : next;
        });
      },
      (failed: unknown) => {
        if (!isStale && isFailure(failed)) setError(failed.error);
      },
    );
    return () => {
      isStale = true;
    };
  }, [client, isNew, kind]);

  const read = form && readForm(tidied(form));
  const network = read?.kind === 'network' ? read.network : undefined;
  const verdict = useCheck(network, id);
  const found = error ?? verdict?.problem;
  const named = error ? undefined : verdict?.field;
  const field = named === undefined ? undefined : fieldOf(named);
  const isAtField = field !== undefined && shownFields.test(field);
  const problems: Problems = {
    ...(read?.kind === 'wrong'
      ? Object.fromEntries(Object.entries(read.problems).map(([key, text]) => [key, format(text)]))
      : {}),
    ...(found && isAtField ? { [field]: say(found) } : {}),
  };
  const isWrong = read?.kind !== 'network' || verdict?.problem !== undefined;

  const save = async (): Promise<void> => {
    if (!network || isBusy) return;
    setBusy(true);
    try {
      const made = isNew ? (await client.network.create({ network })).id : id;
      if (!isNew) await client.network.edit({ network: { ...network, id } });
      closeDialog();
      goTo({ kind: 'networks', network: made });
      const said = isNew
        ? isOnBridge(network)
          ? 'networks.madeUnset'
          : 'networks.made'
        : 'networks.saved';
      showToast(format(said, { name: network.name }));
    } catch (failed) {
      if (isFailure(failed)) setError(failed.error);
      setBusy(false);
    }
  };

  return (
    <Dialog
      isWide
      title={
        isNew
          ? format('networks.new')
          : format('networks.editTitle', { name: form?.base.name ?? '' })
      }
      onClose={closeDialog}
      footer={
        <>
          <Button className="end" onClick={closeDialog}>
            {format('common.cancel')}
          </Button>
          <Button look="primary" type="submit" form="network-form" disabled={isWrong || isBusy}>
            {format(isNew ? 'networks.create' : 'networks.save')}
          </Button>
        </>
      }
    >
      <form
        id="network-form"
        className="nw-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWrong) void save();
        }}
      >
        {isNew && (
          <KindCards
            label={format('networks.kind')}
            value={kind}
            cards={networkKinds.map((value) => ({
              value,
              title: format(`networks.kind.${value}`),
              say: format(`networks.kindSay.${value}`),
            }))}
            onChange={(next) => {
              setError(undefined);
              setKind(next);
            }}
          />
        )}
        {found && !isAtField && <Note tone="err">{say(found)}</Note>}
        {form && (
          <NetworkFields
            form={form}
            problems={problems}
            onChange={(part) => {
              setError(undefined);
              setForm({ ...form, ...part });
            }}
          />
        )}
      </form>
    </Dialog>
  );
};
