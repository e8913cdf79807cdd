// The part of noVNC's RFB class that the console uses (noVNC 1.7, docs/API.md).
declare module '@novnc/novnc' {
  /** What RFB needs of a WebSocket or data channel. */
  export interface RfbChannel {
    binaryType: string;
    readonly protocol: string;
    readonly readyState: 'connecting' | 'open' | 'closing' | 'closed';
    onopen: ((event: unknown) => void) | null;
    onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null;
    onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
    onerror: ((event: unknown) => void) | null;
    send(data: ArrayBufferView | ArrayBuffer): void;
    close(): void;
  }

  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: RfbChannel, options?: { readonly shared?: boolean });
    background: string;
    scaleViewport: boolean;
    clipViewport: boolean;
    resizeSession: boolean;
    focusOnClick: boolean;
    showDotCursor: boolean;
    viewOnly: boolean;
    /** 0..9 */
    compressionLevel: number;
    qualityLevel: number;
    disconnect(): void;
    focus(options?: FocusOptions): void;
    blur(): void;
    /** `down` omitted = press and release. */
    sendKey(keysym: number, code: string | null, down?: boolean): void;
  }
}
