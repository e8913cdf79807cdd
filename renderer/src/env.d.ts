// What the preload script puts on window.
import type { Bridge } from '../../shared/contract/define.ts';

declare global {
  interface Window {
    readonly polyvisor: Bridge;
  }
}
