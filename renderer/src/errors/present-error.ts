// Every error code -> title, body, tone and up to three actions, best first. The table is exhaustive by type:
// a new code does not compile until it has a row here and its texts in the catalogue.
import type { AppError, AppErrorCode } from '../../../shared/contract/errors.ts';
import { catalogEn, type MessageKey } from '../../../shared/i18n/catalog.en.ts';
import { format } from '../../../shared/i18n/format.ts';

/** What a person can do next. Those that need a machine vanish where none is known. */
export type ErrorAction =
  | 'tryAgain'
  | 'powerOff'
  | 'discardSaved'
  | 'startElsewhere'
  | 'openConsole'
  | 'openHardware'
  | 'rename'
  | 'remove'
  | 'whyEngine'
  | 'showLog'
  | 'openHost'
  | 'showTasks'
  | 'lookAgain';

export const needsVm: Readonly<Record<ErrorAction, boolean>> = {
  tryAgain: true,
  powerOff: true,
  discardSaved: true,
  startElsewhere: true,
  openConsole: true,
  openHardware: true,
  rename: true,
  remove: true,
  whyEngine: true,
  showLog: true,
  openHost: false,
  showTasks: false,
  lookAgain: false,
};

export type ErrorTone = 'err' | 'warn' | 'info';

interface Row {
  readonly tone: ErrorTone;
  readonly actions: readonly ErrorAction[];
}
const row = (tone: ErrorTone, ...actions: readonly ErrorAction[]): Row => ({ tone, actions });

const rows: Readonly<Record<AppErrorCode, Row>> = {
  'internal/unexpected': row('err'),
  'ipc/rejected': row('err'),
  'job/cancelled': row('info'),
  'vm/not-found': row('warn'),
  'vm/busy': row('warn', 'showTasks'),
  'vm/wrong-state': row('warn'),
  'vm/name-empty': row('warn', 'rename'),
  'vm/name-too-long': row('warn', 'rename'),
  'vm/name-control': row('warn', 'rename'),
  'vm/name-path': row('warn', 'rename'),
  'vm/name-duplicate': row('warn', 'rename'),
  'vm/definition-damaged': row('err', 'remove'),
  'vm/vcpus-out-of-range': row('warn', 'openHardware'),
  'vm/memory-out-of-range': row('warn', 'openHardware'),
  'vm/start-failed': row('err', 'tryAgain', 'showLog', 'openHardware'),
  'vm/crashed': row('err', 'tryAgain', 'showLog'),
  'vm/shutdown-timeout': row('warn', 'openConsole', 'powerOff'),
  'vm/save-failed': row('err', 'openHost'),
  'vm/restore-failed': row('err', 'tryAgain', 'discardSaved', 'showLog'),
  'vm/not-changeable-live': row('warn'),
  'vm/feature-unavailable': row('warn', 'whyEngine', 'openHost'),
  'engine/none-usable': row('err', 'whyEngine', 'openHost'),
  'engine/needs-consent': row('warn', 'startElsewhere', 'whyEngine'),
  'engine/start-failed': row('err', 'startElsewhere', 'whyEngine', 'showLog'),
  'engine/host-conflict': row('warn', 'whyEngine', 'startElsewhere'),
  'engine/would-freeze': row('err', 'openHost', 'whyEngine'),
  'engine/mismatch': row('err', 'whyEngine', 'showLog', 'openHost'),
  'vm/password-needed': row('warn'),
  'vm/password-wrong': row('warn'),
  'qemu/missing': row('err', 'openHost', 'lookAgain'),
  'qemu/too-old': row('err', 'openHost', 'lookAgain'),
  'qemu/exited-at-start': row('err', 'tryAgain', 'openHardware', 'showLog'),
  'qemu/qmp-timeout': row('err', 'tryAgain', 'powerOff', 'showLog'),
  'qemu/qmp-busy': row('err', 'openHost'),
  'qemu/qmp-error': row('err', 'showLog'),
  'qemu/qmp-closed': row('err', 'tryAgain', 'showLog'),
  'virtualbox/missing': row('err', 'openHost', 'lookAgain'),
  'virtualbox/too-old': row('err', 'openHost', 'lookAgain'),
  'virtualbox/refused': row('err', 'showLog'),
  'virtualbox/locked': row('warn', 'tryAgain'),
  'virtualbox/web-service': row('warn', 'openHost'),
  'virtualbox/inaccessible': row('err', 'remove'),
  'virtualbox/stuck': row('err', 'showLog'),
  'virtualbox/settings-newer': row('err', 'openHost', 'remove'),
  'virtualbox/vnc-exposed': row('warn', 'openHost'),
  'kvm/no-permission': row('warn', 'openHost', 'lookAgain'),
  'medium/missing': row('err', 'openHardware', 'tryAgain'),
  'medium/unreadable': row('err', 'openHardware', 'tryAgain'),
  'medium/empty': row('err', 'openHardware'),
  'medium/not-an-image': row('err', 'openHardware'),
  'medium/not-a-file': row('err', 'openHardware'),
  'medium/in-use': row('err', 'tryAgain', 'openHardware'),
  'medium/exists': row('warn'),
  'medium/no-space': row('err', 'openHost'),
  'medium/cannot-grow': row('warn', 'openHardware'),
  'medium/cannot-shrink': row('warn', 'openHardware'),
  'medium/bad-size': row('warn', 'openHardware'),
  'medium/tool-failed': row('err', 'openHost'),
  'network/port-taken': row('err', 'openHardware', 'tryAgain'),
  'network/port-privileged': row('warn', 'openHardware'),
  'network/forward-exists': row('warn', 'openHardware'),
  'network/bad-forward': row('warn', 'openHardware'),
  'network/not-found': row('warn'),
  'network/name-taken': row('warn'),
  'network/in-use': row('warn'),
  'network/subnet-overlaps': row('warn'),
  'network/bad-subnet': row('warn'),
  'network/bad-range': row('warn'),
  'network/no-dhcp': row('warn'),
  'network/bad-gateway': row('warn'),
  'network/bad-reservation': row('warn'),
  'network/duplicate-mac': row('warn'),
  'network/bad-vlan': row('warn'),
  'network/empty-trunk': row('warn'),
  'network/bad-name': row('warn'),
  'network/uplink-gone': row('warn'),
  'network/uplink-refused': row('warn'),
  'network/bridge-clash': row('err'),
  'network/refused': row('err'),
  'network/service-missing': row('err'),
  'network/service-failed': row('err'),
  'network/namespace-denied': row('warn'),
  'network/fabric-lost': row('err'),
  'network/native-failed': row('err'),
  'network/capture-failed': row('err'),
  'network/set-up-needed': row('warn'),
  'privileged/not-installed': row('warn'),
  'privileged/cancelled': row('warn'),
  'privileged/refused': row('err'),
  'privileged/failed': row('err'),
  'persist/read-only': row('err', 'openHost'),
  'persist/disk-full': row('err', 'openHost'),
  'persist/corrupt': row('warn'),
  'persist/newer-version': row('err'),
  'persist/failed': row('err', 'openHost'),
  'process/failed': row('err', 'openHost'),
  'process/timeout': row('err', 'openHost'),
  'process/not-found': row('err', 'openHost', 'lookAgain'),
  'console/unavailable': row('warn', 'showLog'),
  'app/already-running': row('info'),
};

export interface PresentedError {
  readonly title: string;
  readonly body: string;
  readonly tone: ErrorTone;
  readonly actions: readonly ErrorAction[];
}

/** Texts exist for every code, by type. */
const titleKey = (code: AppErrorCode): MessageKey => `error.${code}.title`;
const bodyKey = (code: AppErrorCode): MessageKey => `error.${code}.body`;

/** States and actions arrive as data; people read words. */
const worded = (params: AppError['params']): AppError['params'] => {
  const catalog: Readonly<Record<string, string>> = catalogEn;
  const word = (prefix: string, value: string | number | undefined): string | undefined =>
    catalog[`${prefix}.${String(value)}`]?.toLowerCase();
  const state = word('power', params['state']);
  const action = word('action', params['action']);
  return {
    ...params,
    ...(state === undefined ? {} : { state }),
    ...(action === undefined ? {} : { action }),
    ...(params['log'] === '' ? { log: format('err.noLog') } : {}),
  };
};

export const presentError = (error: AppError, hasVm: boolean): PresentedError => {
  // A newer main may send a code this window does not know.
  const known: Row | undefined = (rows as Readonly<Record<string, Row | undefined>>)[error.code];
  const code: AppErrorCode = known ? error.code : 'internal/unexpected';
  const { tone, actions } = known ?? rows['internal/unexpected'];
  const params = known ? worded(error.params) : { reference: error.code };
  return {
    title: format(titleKey(code), params),
    body: format(bodyKey(code), params),
    tone,
    actions: actions.filter((action) => hasVm || !needsVm[action]).slice(0, 3),
  };
};

/** Everything known about an error as plain text, for a bug report. */
export const errorReport = (error: AppError): string => {
  const { title, body } = presentError(error, false);
  return [
    title,
    body,
    '',
    `code: ${error.code}`,
    ...Object.entries(error.params).map(([key, value]) => `${key}: ${String(value)}`),
    ...error.tried.map((line) => `tried: ${line}`),
    ...(error.cause === undefined ? [] : [`cause: ${error.cause}`]),
    ...(error.command
      ? [
          `command: ${JSON.stringify(error.command.argv)}`,
          `exit: ${error.command.exit}`,
          'stderr:',
          error.command.stderrTail,
        ]
      : []),
  ].join('\n');
};
