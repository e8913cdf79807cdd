// Owns the display: the one that is there, or an Xvfb of our own that ends with us.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { SetupFailure } from './say.mjs';

const startMs = 60_000;

export function hasDisplay(env = process.env) {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Starts Xvfb on a free display. `prefix` is an argv that runs it as another user.
 * Returns {display, stop}. The server picks its number itself (-displayfd), so nothing races.
 */
export function startXvfb({ prefix = [], env = process.env, screen = '1280x900x24' } = {}) {
  // Only root may make this folder the way X wants it; elsewhere the system has made it.
  if (process.getuid?.() === 0 && !existsSync('/tmp/.X11-unix')) {
    mkdirSync('/tmp/.X11-unix');
    // Not by mkdir's mode: the umask would take the others' right to write, and their servers would not start.
    chmodSync('/tmp/.X11-unix', 0o1777);
  }
  const argv = [
    ...prefix,
    'Xvfb',
    ...['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset'],
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    let isReady = false;
    const fail = (cause) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(
        new SetupFailure(`The virtual display (Xvfb) did not start: ${cause}`, {
          details: errors,
          remedy: 'Start it by hand to see why, or set DISPLAY to a running X server.',
        }),
      );
    };
    const timer = setTimeout(() => fail(`no answer in ${startMs / 1000} s`), startMs);
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => {
      if (!isReady) fail(`exit code ${code}`);
    });
    child.stderr?.on('data', (chunk) => {
      errors = (errors + String(chunk)).slice(-2000);
    });
    /** @type {import('node:stream').Readable} */ (child.stdio[3]).on('data', (chunk) => {
      const number = String(chunk).trim();
      if (isReady || !/^\d+$/.test(number)) return;
      isReady = true;
      clearTimeout(timer);
      resolve({
        display: `:${number}`,
        stop: () =>
          new Promise((done) => {
            if (child.exitCode !== null || child.signalCode !== null) return done(undefined);
            child.once('exit', () => done(undefined));
            child.kill('SIGTERM');
          }),
      });
    });
  });
}
