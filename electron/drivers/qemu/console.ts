// Consoles of a running VM: byte streams over its own unix sockets, a picture of its screen, serial history.
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { failure } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import type { ConsoleFacet } from '../types.ts';
import type { VmFiles } from './files.ts';
import { boundSerialLog, readTail } from './log-file.ts';
import type { Machine } from './machine.ts';

const historyBytes = 256 * 1024;

const openStream = (path: string, name: string): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    const onError = (error: Error): void =>
      reject(failure('console/unavailable', { name, reason: error.message }, { cause: error }));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });

export const createConsole = (deps: {
  readonly machineOf: (vm: VmId) => Machine;
  readonly filesOf: (vm: VmId) => VmFiles;
}): ConsoleFacet => {
  let shots = 0;
  return {
    open: async (vm, kind) => {
      const machine = deps.machineOf(vm);
      const { config } = machine.record.definition;
      if (kind === 'serial' && !config.hasSerialPort) {
        const reason = 'It has no serial port.';
        throw failure('console/unavailable', { name: machine.name, reason });
      }
      return openStream(kind === 'screen' ? machine.files.vnc : machine.files.serial, machine.name);
    },
    screenshot: async (vm) => {
      const machine = deps.machineOf(vm);
      const qmp = await machine.control();
      const filename = `${machine.files.screenshot}.${shots++}`;
      try {
        await qmp.execute('screendump', { filename, format: 'png' });
        return new Uint8Array(await readFile(filename));
      } finally {
        await rm(filename, { force: true });
      }
    },
    serialHistory: async (vm) => {
      const { serialLog } = deps.filesOf(vm);
      const history = readTail(serialLog, historyBytes);
      boundSerialLog(serialLog);
      return new Uint8Array(history);
    },
  };
};
