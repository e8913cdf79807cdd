// The English catalogue: the source of every sentence. MessageKey is derived here; other locales are complete
// records of the same keys. Sentences are ICU messages (intl-messageformat).
import { commandTexts } from './en/commands.ts';
import { common } from './en/common.ts';
import { compatTexts } from './en/compat.ts';
import { consoleTexts } from './en/console.ts';
import { decisionTexts } from './en/decision.ts';
import { errors } from './en/errors.ts';
import { networkErrors } from './en/errors-network.ts';
import { networkTexts } from './en/networks.ts';
import { hostTexts } from './en/host.ts';
import { hostMoreTexts } from './en/host-more.ts';
import { hostNetworkTexts } from './en/host-network.ts';
import { hostVirtualBoxTexts } from './en/host-virtualbox.ts';
import { imagesTexts } from './en/images.ts';
import { tableTexts } from './en/table.ts';
import { trayTexts } from './en/tray.ts';
import { vboxdrvTexts } from './en/vboxdrv.ts';
import { virtualboxTexts } from './en/virtualbox.ts';
import { windowEngineTexts } from './en/window-engines.ts';
import { windowNetworkTexts } from './en/window-networks.ts';
import { windowTexts } from './en/window.ts';

export const catalogEn = {
  ...commandTexts,
  ...common,
  ...compatTexts,
  ...consoleTexts,
  ...decisionTexts,
  ...errors,
  ...networkErrors,
  ...networkTexts,
  ...windowNetworkTexts,
  ...hostTexts,
  ...hostMoreTexts,
  ...hostNetworkTexts,
  ...hostVirtualBoxTexts,
  ...imagesTexts,
  ...tableTexts,
  ...trayTexts,
  ...vboxdrvTexts,
  ...virtualboxTexts,
  ...windowEngineTexts,
  ...windowTexts,
} as const;

export type MessageKey = keyof typeof catalogEn;
