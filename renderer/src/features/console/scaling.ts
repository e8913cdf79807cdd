// How large the guest's screen is drawn. Pure. Sizes are CSS pixels; a device pixel is 1 / pixelRatio of one.
import type { Settings } from '../../../../shared/model/settings.ts';
import { assertNever } from '../../../../shared/model/assert-never.ts';

export type Scaling = Settings['consoleScaling'];

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the room begins in the page matters too: it may begin between two device pixels. */
export interface Room extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Placement extends Size {
  readonly left: number;
  readonly top: number;
  /** Every guest pixel covers whole device pixels: no smoothing wanted. */
  readonly isSharp: boolean;
}

/**
 * `fit`: as large as the room allows. `integer`: the largest whole number of device pixels per guest pixel, never
 * less than one. `native`: one device pixel per guest pixel. Edges fall on device pixels, so nothing blurs
 * at 125 % or 150 %.
 */
export const placeScreen = (
  guest: Size,
  room: Room,
  scaling: Scaling,
  pixelRatio: number,
): Placement => {
  /** Offset in the room whose place in the page is on a device pixel; never outside. */
  const onDevice = (start: number, offset: number): number =>
    Math.ceil((start + Math.max(0, offset)) * pixelRatio - 1e-3) / pixelRatio - start;
  const largest = Math.min(room.width / guest.width, room.height / guest.height) * pixelRatio;
  const scale = ((): number => {
    switch (scaling) {
      case 'fit':
        return largest;
      case 'integer':
        return Math.max(1, Math.floor(largest + 1e-6));
      case 'native':
        return 1;
      default:
        return assertNever(scaling);
    }
  })();
  const width = Math.round(guest.width * scale) / pixelRatio;
  const height = Math.round(guest.height * scale) / pixelRatio;
  return {
    width,
    height,
    left: onDevice(room.x, (room.width - width) / 2),
    top: onDevice(room.y, (room.height - height) / 2),
    isSharp: Number.isInteger(Math.round(scale * 1000) / 1000),
  };
};
