import { describe, expect, it } from 'vitest';
import { placeScreen } from './scaling.ts';

const guest = { width: 720, height: 400 };
const room = { x: 0, y: 0, width: 1000, height: 700 };
const odd = { x: 412, y: 209.17, width: 1003, height: 701 };
const onDevice = (css: number, ratio: number) =>
  Math.abs(css * ratio - Math.round(css * ratio)) < 1e-2;

describe('placing the guest’s screen', () => {
  it('fills the room in one direction and keeps the shape when it fits', () => {
    const place = placeScreen(guest, room, 'fit', 1);
    expect(place.width).toBe(1000);
    expect(place.height).toBe(556);
    expect(place.isSharp).toBe(false);
  });

  it('takes whole steps when asked to, and never less than one', () => {
    expect(placeScreen(guest, { ...room, width: 1500, height: 900 }, 'integer', 1).width).toBe(
      1440,
    );
    expect(placeScreen(guest, { ...room, width: 300, height: 300 }, 'integer', 1).width).toBe(720);
    expect(placeScreen(guest, room, 'integer', 2).width).toBe(720);
  });

  it('draws one device pixel per guest pixel as native', () => {
    expect(placeScreen(guest, room, 'native', 1.5).width).toBe(480);
  });

  it.each([1, 1.25, 1.5, 1.75, 2])('starts and ends on device pixels at ratio %s', (ratio) => {
    for (const scaling of ['fit', 'integer', 'native'] as const) {
      const place = placeScreen(guest, odd, scaling, ratio);
      for (const css of [odd.x + place.left, odd.y + place.top, place.width, place.height]) {
        expect(onDevice(css, ratio)).toBe(true);
      }
      expect(place.left).toBeGreaterThanOrEqual(0);
    }
  });
});
