// One guest screen: noVNC over a byte stream, drawn into a container. Owns noVNC's lifetime; React stays outside.
import RFB, { type RfbChannel } from '@novnc/novnc';
import type { ByteStream } from './stream.ts';

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

export interface ScreenEvents {
  readonly onSize: (size: ScreenSize) => void;
  /** noVNC gave up (protocol fault); the stream should be opened anew. */
  readonly onLost: () => void;
}

export interface Screen {
  readonly feed: (bytes: Uint8Array) => void;
  readonly focus: () => void;
  readonly blur: () => void;
  readonly sendKey: (keysym: number, code: string, isDown: boolean) => void;
  readonly dispose: () => void;
}

/** The channel that noVNC talks to, in place of a WebSocket. */
const channelOver = (stream: ByteStream): RfbChannel => ({
  binaryType: 'arraybuffer',
  protocol: '',
  readyState: 'open',
  onopen: null,
  onmessage: null,
  onclose: null,
  onerror: null,
  send: (data) => {
    const view = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    stream.send(view);
  },
  close: () => stream.close(),
});

export const openScreen = (
  container: HTMLElement,
  stream: ByteStream,
  label: string,
  events: ScreenEvents,
): Screen => {
  const channel = channelOver(stream);
  const rfb = new RFB(container, channel, { shared: true });
  rfb.scaleViewport = true;
  rfb.background = 'transparent';
  // The stream is a local socket: spending processor time on compression would only add delay.
  rfb.compressionLevel = 0;
  rfb.qualityLevel = 9;
  let isDisposed = false;

  const canvas = container.querySelector('canvas');
  const watch = new MutationObserver(() => {
    if (canvas && canvas.width > 0) events.onSize({ width: canvas.width, height: canvas.height });
  });
  if (canvas) {
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', label);
    canvas.tabIndex = 0;
    watch.observe(canvas, { attributes: true, attributeFilter: ['width', 'height'] });
  }
  rfb.addEventListener('disconnect', () => {
    if (!isDisposed) events.onLost();
  });

  return {
    feed: (bytes) => {
      const { buffer, byteOffset, byteLength } = bytes;
      const data = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
      channel.onmessage?.({ data });
    },
    focus: () => rfb.focus({ preventScroll: true }),
    blur: () => rfb.blur(),
    sendKey: (keysym, code, isDown) => rfb.sendKey(keysym, code, isDown),
    dispose: () => {
      if (isDisposed) return;
      isDisposed = true;
      watch.disconnect();
      rfb.disconnect();
    },
  };
};
