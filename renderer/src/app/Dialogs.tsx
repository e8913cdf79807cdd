// Which dialog is open. Rare ones are loaded when first needed.
import { lazy, Suspense } from 'react';
import { useActions } from '../actions/actions.ts';
import { ErrorDialog } from '../errors/ErrorDialog.tsx';
import { assertNever } from '../model/assert-never.ts';
import { closeDialog, useUi, type OpenDialog } from '../state/ui-store.ts';
import { ConsentDialog } from './ConsentDialog.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { UnlockDialog } from './UnlockDialog.tsx';

const SettingsDialog = lazy(async () => ({
  default: (await import('../features/settings/View.tsx')).SettingsDialog,
}));
const KeysDialog = lazy(async () => ({
  default: (await import('../features/settings/Keys.tsx')).KeysDialog,
}));
const Palette = lazy(async () => ({
  default: (await import('../features/palette/View.tsx')).Palette,
}));
const QuitDialog = lazy(async () => ({
  default: (await import('../features/quit/View.tsx')).QuitDialog,
}));
const WhySheet = lazy(async () => ({
  default: (await import('../features/vm-details/WhySheet.tsx')).WhySheet,
}));
const SwitchDialog = lazy(async () => ({
  default: (await import('../features/vm-details/SwitchDialog.tsx')).SwitchDialog,
}));
const AutomaticDialog = lazy(async () => ({
  default: (await import('../features/vm-details/AutomaticDialog.tsx')).AutomaticDialog,
}));

const NetworkDialog = lazy(async () => ({
  default: (await import('../features/networks/NetworkDialog.tsx')).NetworkDialog,
}));
const SetUpDialog = lazy(async () => ({
  default: (await import('../features/networks/SetUpDialog.tsx')).SetUpDialog,
}));
const RemoveNetworkDialog = lazy(async () => ({
  default: (await import('../features/networks/RemoveDialog.tsx')).RemoveNetworkDialog,
}));

export const Dialogs = () => {
  const dialog = useUi((s) => s.dialog);
  return dialog ? (
    <Suspense fallback={null}>
      <One dialog={dialog} />
    </Suspense>
  ) : null;
};

const One = ({ dialog }: { readonly dialog: OpenDialog }) => {
  const actions = useActions();
  switch (dialog.kind) {
    case 'settings':
      return <SettingsDialog />;
    case 'keys':
      return <KeysDialog />;
    case 'palette':
      return <Palette />;
    case 'delete':
      return <DeleteDialog id={dialog.vm} />;
    case 'rename':
      return <RenameDialog id={dialog.vm} />;
    case 'why':
      return <WhySheet id={dialog.vm} />;
    case 'quit':
      return <QuitDialog running={dialog.running} />;
    case 'consent':
      return <ConsentDialog id={dialog.vm} start={dialog.start} error={dialog.error} />;
    case 'switch':
      return <SwitchDialog id={dialog.vm} engine={dialog.engine} />;
    case 'automatic':
      return <AutomaticDialog id={dialog.vm} />;
    case 'newNetwork':
      return <NetworkDialog kind={dialog.of} />;
    case 'editNetwork':
      return <NetworkDialog id={dialog.network} />;
    case 'removeNetwork':
      return <RemoveNetworkDialog id={dialog.network} />;
    case 'setUpNetwork':
      return <SetUpDialog id={dialog.network} />;
    case 'unlock':
      return <UnlockDialog id={dialog.vm} start={dialog.start} />;
    case 'error':
      return (
        <ErrorDialog
          error={dialog.error}
          hasVm={dialog.vm !== undefined}
          onAction={(action) => actions.handleError(action, dialog.vm)}
          onClose={closeDialog}
        />
      );
    default:
      return assertNever(dialog);
  }
};
