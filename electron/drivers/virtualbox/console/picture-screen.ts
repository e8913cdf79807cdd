// A screen without a VNC server: an RFB server of our own inside a stream, no port anywhere. It shows live pictures of
// the machine's screen, a new one when it changed and only while a client asks, and passes keys and pointer on.
import { Duplex } from 'node:stream';
import { ByteQueue } from './rfb-bytes.ts';
import type { GuestInput } from './guest-input.ts';
import { decodePng, pngSize, type PictureSize } from './png-pixels.ts';
import {
  defaultFormat,
  encodings,
  nextMessage,
  rawPixels,
  rectangle,
  serverInit,
  tightPng,
  update,
  type ClientMessage,
  type PixelFormat,
} from './rfb-messages.ts';
import { createOpenHandshake } from './vnc-connect.ts';

export interface PictureScreenDeps {
  readonly name: string;
  /** PNG bytes. Rejects while there is no picture. */
  readonly takePicture: () => Promise<Uint8Array>;
  readonly input: GuestInput;
  /** True: there will be no more pictures. */
  readonly hasEnded: () => boolean;
}

/** Between two pictures, ms: while the screen lives, when it stood still for a while, and after a key. */
const usualMs = 400;
const restingMs = 1000;
const afterInputMs = 80;
const restsAfterMs = 10_000;
/** Until the machine shows something. */
const emptySize: PictureSize = { width: 640, height: 480 };

const isAlike = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.compare(one, other) === 0;

export const pictureScreen = (deps: PictureScreenDeps): Duplex => {
  const { input } = deps;
  const handshake = createOpenHandshake();
  const queue = new ByteQueue();
  let step: 'handshake' | 'init' | 'session' = 'handshake';
  let accepted: readonly number[] = [];
  let format: PixelFormat = defaultFormat;
  let size = emptySize;
  let shown: Uint8Array | undefined;
  let wanted: 'nothing' | 'changes' | 'all' = 'nothing';
  let changedAt = performance.now();
  let lookedAt = -restingMs;
  let isLooking = false;
  let hasToldKeys = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<Uint8Array | undefined> => {
    isLooking = true;
    lookedAt = performance.now();
    try {
      return await deps.takePicture();
    } catch {
      // No picture yet, or none for the moment; the machine's own state says when there will be no more.
      if (deps.hasEnded()) stream.destroy();
      return undefined;
    } finally {
      isLooking = false;
    }
  };

  const picture = (png: Uint8Array): Buffer | undefined => {
    const tight = accepted.includes(encodings.tightPng) ? tightPng(png) : undefined;
    if (tight) return rectangle(size, encodings.tightPng, tight);
    const pixels = decodePng(png);
    return pixels && rectangle(size, encodings.raw, rawPixels(pixels, format));
  };

  const show = (png: Uint8Array): void => {
    const now = pngSize(png);
    if (!now) return;
    const rectangles: Buffer[] = [];
    if (now.width !== size.width || now.height !== size.height) {
      // A client that cannot follow would draw outside its screen.
      if (!accepted.includes(encodings.desktopSize)) {
        stream.destroy();
        return;
      }
      size = now;
      rectangles.push(rectangle(size, encodings.desktopSize));
    }
    if (!hasToldKeys && accepted.includes(encodings.extendedKeys)) {
      hasToldKeys = true;
      rectangles.push(rectangle({ width: 0, height: 0 }, encodings.extendedKeys));
    }
    const drawn = picture(png);
    if (!drawn) return;
    stream.push(update([...rectangles, drawn]));
    shown = png;
    wanted = 'nothing';
  };

  const plan = (waitMs: number): void => {
    clearTimeout(timer);
    if (wanted === 'nothing' || stream.destroyed) return;
    const sinceLook = performance.now() - lookedAt;
    timer = setTimeout(() => void next(), Math.max(0, waitMs - sinceLook));
  };
  const pace = (): number => (performance.now() - changedAt > restsAfterMs ? restingMs : usualMs);

  const next = async (): Promise<void> => {
    if (isLooking || stream.destroyed) return;
    const png = await look();
    if (stream.destroyed) return;
    if (png && !isAlike(shown, png)) changedAt = performance.now();
    if (png && (wanted === 'all' || (wanted === 'changes' && !isAlike(shown, png)))) show(png);
    plan(pace());
  };

  const onInput = (): void => {
    changedAt = performance.now();
    plan(afterInputMs);
  };

  const obey = (message: ClientMessage): void => {
    switch (message.kind) {
      case 'format':
        if (message.format.bitsPerPixel !== 32) throw new Error('only 32 bits a pixel');
        format = message.format;
        return;
      case 'encodings':
        accepted = message.list;
        return;
      case 'request':
        wanted = message.isIncremental && wanted !== 'all' ? 'changes' : 'all';
        plan(wanted === 'all' ? afterInputMs : pace());
        return;
      case 'key':
        input.key(message);
        onInput();
        return;
      case 'pointer':
        input.pointer(message);
        onInput();
        return;
      case 'ignored':
    }
  };

  const begin = async (): Promise<void> => {
    const first = await look();
    if (stream.destroyed) return;
    size = (first && pngSize(first)) ?? emptySize;
    stream.push(serverInit(size, deps.name));
    step = 'session';
    obeyAll();
  };

  const obeyAll = (): void => {
    try {
      for (let message = nextMessage(queue); message; message = nextMessage(queue)) obey(message);
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      if (step === 'handshake') {
        const { answer, rest } = handshake.feed(chunk);
        if (answer.length > 0) stream.push(answer);
        if (rest) {
          step = 'init';
          queue.push(rest);
        }
      } else queue.push(chunk);
      // ClientInit says whether to share the screen, which it always is.
      if (step === 'init' && !isLooking && queue.take(1)) void begin();
      if (step === 'session') obeyAll();
      done();
    },
    destroy: (error, done) => {
      clearTimeout(timer);
      input.dispose();
      done(error);
    },
  });
  stream.push(handshake.greeting);
  return stream;
};
