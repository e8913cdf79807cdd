// A small D-Bus service for doubles: owns a name, answers calls, emits signals.
import { busCall, connectBus, type BusConnection } from '../../electron/dbus/connection.ts';
import { messageTypes, type DbusMessage } from '../../electron/dbus/message.ts';

export interface Answer {
  readonly signature: string;
  readonly body: readonly unknown[];
}
/** `undefined` = the method is not known. */
export type Answerer = (call: DbusMessage) => Answer | undefined;

export interface BusService {
  readonly bus: BusConnection;
  readonly emit: (path: string, iface: string, member: string, answer: Answer) => void;
  readonly stop: () => void;
}

const doNotQueue = 4;

export const serveBus = async (
  address: string,
  name: string,
  answer: Answerer,
): Promise<BusService> => {
  const bus = await connectBus(address);
  bus.onMessage((message) => {
    if (message.type !== messageTypes.call) return;
    const found = answer(message);
    const to = { destination: message.sender, replySerial: message.serial };
    bus.send(
      found
        ? { ...to, type: messageTypes.reply, ...found }
        : {
            ...to,
            type: messageTypes.error,
            errorName: 'org.freedesktop.DBus.Error.UnknownMethod',
            signature: 's',
            body: [`${message.interface ?? ''}.${message.member ?? ''}`],
          },
    );
  });
  const [result] = await bus.call(busCall('RequestName', 'su', [name, doNotQueue]));
  if (result !== 1) throw new Error(`${name} is taken on this bus`);
  return {
    bus,
    emit: (path, iface, member, { signature, body }) =>
      bus.send({ type: messageTypes.signal, path, interface: iface, member, signature, body }),
    stop: () => bus.close(),
  };
};
