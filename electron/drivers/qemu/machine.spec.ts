// How events of the monitor become power reports: a monitor of our own stands for QEMU, a sleeping process for
// its process.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConfig } from '../../../shared/testing/definition.ts';
import { toDriverId, toEngineId, toEpochMs, toVmId } from '../../../shared/model/brand.ts';
import type { DriverEvent } from '../types.ts';
import { makeVmFolders, vmFiles } from './files.ts';
import { Machine } from './machine.ts';
import { identify } from './processes.ts';
import { connectQmp, createLineSplitter } from './qmp.ts';
import type { RunRecord } from './run-record.ts';

const id = toVmId('0b5f3c1e-1111-4222-8333-444455556666');
const times = { greetingMs: 500, commandMs: 500 };
let root: string;
let server: Server;
let socket: Socket;
let child: ChildProcess;
let machine: Machine;
let status: string;
let events: DriverEvent[];

const tell = (event: string, data: object = {}): void =>
  void socket.write(`${JSON.stringify({ event, data })}\n`);
const powers = (): readonly string[] =>
  events.flatMap((event) => (event.kind === 'power' ? [event.power] : []));
const last = () => events.findLast((event) => event.kind === 'power');

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'pvn-'));
  const files = vmFiles(
    { config: root, data: root, state: root, runtime: root, cache: root, resources: root },
    id,
  );
  makeVmFolders(files);
  status = 'running';
  server = createServer((connection) => {
    socket = connection;
    connection.on('error', () => undefined).write('{"QMP":{}}\n');
    const split = createLineSplitter((message) => {
      const answer = message['execute'] === 'query-status' ? { status } : {};
      connection.write(`${JSON.stringify({ return: answer, id: message['id'] })}\n`);
    });
    connection.setEncoding('utf8').on('data', (chunk) => split(String(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(files.qmp, resolve));
  child = spawn('sleep', ['600'], { stdio: 'ignore' });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal ? `signal ${signal}` : `exit code ${code}`),
    );
  });
  const identity = identify(child.pid!)!;
  const record: RunRecord = {
    version: 1,
    token: 't',
    bootId: 'b',
    engine: toEngineId('tcg'),
    phase: 'running',
    argv: [],
    logOffset: 0,
    pidFile: join(files.stateDir, 'pid-t'),
    startedAt: 0,
    definition: {
      version: 1,
      id,
      name: 'VM',
      driver: toDriverId('qemu'),
      family: 'other',
      createdAt: toEpochMs(0),
      config: testConfig({
        machineType: 'pc',
        disks: [
          { id: 'disk1', path: '/images/full.qcow2', format: 'qcow2', bus: 'ide', isOwned: true },
        ],
        display: 'none',
        hasSerialPort: false,
      }),
    },
  };
  events = [];
  const emit = (event: DriverEvent): void => void events.push(event);
  const qmp = await connectQmp(files.qmp, 'VM', times);
  machine = new Machine(
    { files, record, identity, exited, times, emit, onEnded: () => undefined },
    qmp,
  );
  machine.power = 'running';
});
afterEach(() => {
  machine.dispose();
  child.kill('SIGKILL');
  server.close();
  rmSync(root, { recursive: true, force: true });
});

describe('events', () => {
  it('stop and go', async () => {
    status = 'paused';
    tell('STOP');
    await expect.poll(powers).toEqual(['paused']);
    tell('RESUME');
    await expect.poll(powers).toEqual(['paused', 'running']);
  });

  it('a disk of the host that is full pauses the guest and names the image', async () => {
    status = 'io-error';
    tell('BLOCK_IO_ERROR', {
      'node-name': 'disk1-node',
      action: 'stop',
      nospace: true,
      reason: 'No space',
    });
    tell('STOP');
    await expect.poll(last).toMatchObject({
      power: 'paused',
      error: { code: 'persist/disk-full', params: { path: '/images/full.qcow2' } },
    });
  });

  it('another failure of the image pauses the guest and says which', async () => {
    tell('BLOCK_IO_ERROR', {
      'node-name': 'disk1-node',
      action: 'stop',
      nospace: false,
      reason: 'Input/output error',
    });
    tell('STOP');
    await expect.poll(last).toMatchObject({
      power: 'paused',
      error: { code: 'medium/unreadable', params: { reason: 'Input/output error' } },
    });
  });

  it('a processor that met an internal error is told, not shown as paused by somebody', async () => {
    status = 'internal-error';
    tell('STOP');
    await expect.poll(last).toMatchObject({ power: 'paused', error: { code: 'vm/crashed' } });
  });

  it.each([
    [{ guest: true, reason: 'guest-shutdown' }, false, 'guest'],
    [{ guest: true, reason: 'guest-shutdown' }, true, 'asked'],
    [{ guest: false, reason: 'host-qmp-quit' }, false, 'asked'],
    [{ guest: false, reason: 'host-signal' }, false, 'unknown'],
  ] as const)('an end with %j (asked: %s) is off, cause %s', async (data, isAsked, cause) => {
    if (isAsked) tell('POWERDOWN');
    tell('SHUTDOWN', data);
    child.kill('SIGTERM');
    socket.end();
    await machine.ended;
    expect(last()).toMatchObject({ power: 'off', cause });
  });

  it('an end without words is a crash with the exit of the process', async () => {
    child.kill('SIGKILL');
    socket.destroy();
    await machine.ended;
    expect(last()).toMatchObject({
      power: 'crashed',
      error: { code: 'vm/crashed', params: { exit: 'signal SIGKILL' } },
    });
    expect(machine.isLive).toBe(false);
  });
});
