// Settings of the whole application; each change is saved at once.
import { useEffect, useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { Settings } from '../../../../shared/model/settings.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { SelectField, SwitchRow } from '../../components/Form.tsx';
import { Segments } from '../../components/Segments.tsx';
import { useSettings } from '../../state/app-store.ts';
import { closeDialog } from '../../state/ui-store.ts';

interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly isFallbackRuntime: boolean;
  readonly hasTrayHost: boolean;
}

const themes = ['system', 'light', 'dark'] as const;
const policies = ['ask', 'keepRunning', 'saveState', 'shutdown'] as const;
const scalings = ['fit', 'integer', 'native'] as const;
const releaseKeys = ['ControlRight', 'AltRight', 'MetaRight'] as const;

export const SettingsDialog = () => {
  const settings = useSettings();
  const actions = useActions();
  const [info, setInfo] = useState<AppInfo>();
  useEffect(() => {
    actions.client.app.info({}).then(setInfo, () => undefined);
  }, [actions]);
  const update = (change: Partial<Omit<Settings, 'version'>>): void =>
    void actions.attempt(actions.client.settings.update(change));
  return (
    <Dialog
      title={format('settings.title')}
      onClose={closeDialog}
      footer={
        <Button look="primary" className="end" onClick={closeDialog}>
          {format('common.done')}
        </Button>
      }
    >
      <div className="switch-row">
        <span className="grow">{format('settings.theme')}</span>
        <Segments
          label={format('settings.theme')}
          value={settings.theme}
          options={themes.map((value) => ({ value, label: format(`settings.theme.${value}`) }))}
          onChange={(theme) => update({ theme })}
        />
      </div>
      <SelectField
        label={format('settings.quit')}
        help={format('settings.quitHelp')}
        value={settings.quitPolicy}
        options={policies.map((value) => ({ value, label: format(`policy.${value}`) }))}
        onChange={(quitPolicy) => update({ quitPolicy })}
      />
      <SwitchRow
        label={format('settings.tray')}
        help={format(info?.hasTrayHost === false ? 'settings.trayMissing' : 'settings.trayHelp')}
        isOn={settings.isTrayOn}
        onChange={(isTrayOn) => update({ isTrayOn })}
      />
      <SwitchRow
        label={format('settings.updates')}
        help={format('settings.updatesHelp')}
        isOn={settings.isUpdateNoticeOn}
        onChange={(isUpdateNoticeOn) => update({ isUpdateNoticeOn })}
      />
      <div className="form-2">
        <SelectField
          label={format('settings.scaling')}
          value={settings.consoleScaling}
          options={scalings.map((value) => ({
            value,
            label: format(`settings.scaling.${value}`),
          }))}
          onChange={(consoleScaling) => update({ consoleScaling })}
        />
        <SelectField
          label={format('settings.releaseKey')}
          value={settings.releaseKey}
          options={releaseKeys.map((value) => ({
            value,
            label: format(`settings.releaseKey.${value}`),
          }))}
          onChange={(releaseKey) => update({ releaseKey })}
        />
      </div>
      {info && (
        <p className="help selectable">
          {format(info.isFallbackRuntime ? 'settings.aboutFallback' : 'settings.about', {
            version: info.version,
            electron: info.electron,
          })}
        </p>
      )}
    </Dialog>
  );
};
