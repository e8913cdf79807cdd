// A machine's remote display as VirtualBox keeps it, through the web service only: a password on a command line
// could be read by everybody.
import { failure, isFailure } from '../../../../shared/contract/errors.ts';
import { valueOf, type SoapCall } from '../soap.ts';
import type { VBoxApi } from '../vbox-api.ts';

export const vncPack = 'VNC';
const loopback = '127.0.0.1';

/** Names of VirtualBox's VRDE properties. */
export const vrdeNames = {
  address: 'TCP/Address',
  port: 'TCP/Ports',
  password: 'VNCPassword',
  security: 'Security/Method',
} as const;

/** VirtualBox's default port, also where none is set; an empty list of ports is refused. */
const defaultPort = '3389';
/**
 * The security method of its own protocol. With none at all VirtualBox makes a certificate and a key, leaves them in
 * the machine's folder and names them in its settings (seen with 7.2), although VNC uses neither.
 */
const plainSecurity = 'RDP';

export interface VrdeSettings {
  readonly isEnabled: boolean;
  /** The extension pack in effect: the machine's own, else VirtualBox's default. */
  readonly pack: string;
  /** Empty where not set. */
  readonly address: string;
  readonly port: string;
  readonly security: string;
  readonly password: string;
}

const withServer = <T>(
  api: VBoxApi,
  id: string,
  work: (call: SoapCall, server: string, machine: string, session: string) => Promise<T>,
): Promise<T> =>
  api.withMachine(id, async (machine, session) => {
    const server = valueOf(await api.call('IMachine_getVRDEServer', { _this: machine })) ?? '';
    try {
      return await work(api.call, server, machine, session);
    } finally {
      await api.call('IManagedObjectRef_release', { _this: server }).catch(() => undefined);
    }
  });

const property = async (call: SoapCall, server: string, key: string): Promise<string> =>
  valueOf(await call('IVRDEServer_getVRDEProperty', { _this: server, key })) ?? '';

const setProperty = (
  call: SoapCall,
  server: string,
  key: string,
  value: string,
): Promise<unknown> => call('IVRDEServer_setVRDEProperty', { _this: server, key, value });

/** Empty where the pack that is configured cannot be used. */
const packInEffect = async (call: SoapCall, server: string): Promise<string> => {
  try {
    return valueOf(await call('IVRDEServer_getVRDEExtPack', { _this: server })) ?? '';
  } catch (error) {
    if (isFailure(error, 'virtualbox/refused')) return '';
    throw error;
  }
};

const readFrom = async (call: SoapCall, server: string): Promise<VrdeSettings> => ({
  isEnabled: valueOf(await call('IVRDEServer_getEnabled', { _this: server })) === 'true',
  pack: await packInEffect(call, server),
  address: await property(call, server, vrdeNames.address),
  port: await property(call, server, vrdeNames.port),
  security: await property(call, server, vrdeNames.security),
  password: await property(call, server, vrdeNames.password),
});

export const readVrde = (api: VBoxApi, id: string): Promise<VrdeSettings> =>
  withServer(api, id, readFrom);

/** The port the display of a running machine listens on now; `undefined`: on none. */
export const vrdePort = (api: VBoxApi, id: string): Promise<number | undefined> =>
  api.withConsole(id, async (console) => {
    const answer = await api.call('IConsole_getVRDEServerInfo', { _this: console });
    const port = Number(valueOf(answer, 'port'));
    return port > 0 ? port : undefined;
  });

export interface VncChoice {
  readonly port: number;
  readonly password: string;
}

const choose = async (
  call: SoapCall,
  server: string,
  now: VrdeSettings,
  choice: VncChoice,
): Promise<void> => {
  if (now.pack !== vncPack) {
    await call('IVRDEServer_setVRDEExtPack', { _this: server, VRDEExtPack: vncPack });
  }
  if (now.security === '') await setProperty(call, server, vrdeNames.security, plainSecurity);
  await setProperty(call, server, vrdeNames.address, loopback);
  await setProperty(call, server, vrdeNames.port, String(choice.port));
  await setProperty(call, server, vrdeNames.password, choice.password);
  await call('IVRDEServer_setEnabled', { _this: server, enabled: true });
};

/** Of a machine that is off or saved: its VNC server will be on from its next start. */
export const chooseVnc = (api: VBoxApi, id: string, choice: VncChoice): Promise<void> =>
  withServer(api, id, async (call, server, machine) => {
    await choose(call, server, await readFrom(call, server), choice);
    await call('IMachine_saveSettings', { _this: machine });
  });

/**
 * Switches the VNC server of a running machine on, or restarts it elsewhere. Everything is set before it is enabled:
 * each change of a server that runs restarts it. Not saved: VirtualBox takes it at once, and saves it when it likes.
 */
export const switchVncOn = (api: VBoxApi, id: string, choice: VncChoice): Promise<void> =>
  withServer(api, id, async (call, server) => {
    const now = await readFrom(call, server);
    if (now.isEnabled) await call('IVRDEServer_setEnabled', { _this: server, enabled: false });
    await choose(call, server, now, choice);
  });

/** For a display that its owner switched on, without a password. Restarts the server of a running machine. */
export const setVncPassword = (
  api: VBoxApi,
  id: string,
  password: string,
  isSaved: boolean,
): Promise<void> =>
  withServer(api, id, async (call, server, machine) => {
    await setProperty(call, server, vrdeNames.password, password);
    if (isSaved) await call('IMachine_saveSettings', { _this: machine });
  });

/** What stood there before us. The password is never among it: an owner's own is used, not replaced. */
export type FormerVrde = Omit<VrdeSettings, 'password'>;

const differs = (now: VrdeSettings, former: FormerVrde, isOurPassword: boolean): boolean =>
  now.isEnabled !== former.isEnabled ||
  now.pack !== former.pack ||
  now.address !== former.address ||
  (now.port || defaultPort) !== (former.port || defaultPort) ||
  now.security !== former.security ||
  (isOurPassword && now.password !== '');

/**
 * Puts back what stood there, in a machine that no longer runs. Resolves to whether anything had stayed. A port that
 * was not set becomes VirtualBox's default one, by name: it cannot be unset again.
 */
export const restoreVrde = (
  api: VBoxApi,
  id: string,
  former: FormerVrde,
  isOurPassword: boolean,
): Promise<boolean> =>
  withServer(api, id, async (call, server, machine) => {
    const now = await readFrom(call, server);
    if (!differs(now, former, isOurPassword)) return false;
    await call('IVRDEServer_setEnabled', { _this: server, enabled: former.isEnabled });
    if (isOurPassword) await setProperty(call, server, vrdeNames.password, '');
    await setProperty(call, server, vrdeNames.address, former.address);
    if (now.port !== former.port) {
      await setProperty(call, server, vrdeNames.port, former.port || defaultPort);
    }
    await setProperty(call, server, vrdeNames.security, former.security);
    if (now.pack !== former.pack) {
      const answer = await call('IVirtualBox_getSystemProperties', { _this: api.virtualBox });
      const properties = valueOf(answer) ?? '';
      const common = valueOf(
        await call('ISystemProperties_getDefaultVRDEExtPack', { _this: properties }),
      );
      const own = common === former.pack ? '' : former.pack;
      await call('IVRDEServer_setVRDEExtPack', { _this: server, VRDEExtPack: own });
    }
    await call('IMachine_saveSettings', { _this: machine });
    const left = await readFrom(call, server);
    if (isOurPassword && left.password !== '') {
      const reason = 'The password of the remote display could not be removed.';
      throw failure('virtualbox/web-service', { reason });
    }
    return true;
  });

/** The same by VBoxManage, for want of the web service: nothing of it is secret. */
export const restoreWords = (former: FormerVrde, isOurPassword: boolean): readonly string[] => [
  ...['--vrde', former.isEnabled ? 'on' : 'off'],
  ...['--vrde-address', former.address],
  ...['--vrde-port', former.port || defaultPort],
  ...['--vrde-property', `${vrdeNames.security}=${former.security}`],
  ...(isOurPassword ? ['--vrde-property', `${vrdeNames.password}=`] : []),
  ...(former.pack === vncPack ? [] : ['--vrde-extpack', former.pack || 'default']),
];
