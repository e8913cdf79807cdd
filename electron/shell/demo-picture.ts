// The demo's picture: the window, once the guest's screen in it shows something and stands still.
import type { NativeImage, Rectangle, WebContents } from 'electron';

const lookEveryMs = 300;
/** A text screen has glyph edges everywhere; a blank or one-coloured one has none. A judgement. */
const leastEdges = 500;

const findCanvas = `(() => {
  const canvas = document.querySelector('[data-guest-keys="screen"] canvas');
  if (!canvas || canvas.width === 0) return null;
  const { x, y, width, height } = canvas.getBoundingClientRect();
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
})()`;

const isRectangle = (value: unknown): value is Rectangle =>
  typeof value === 'object' && value !== null && 'width' in value && Number(value.width) > 0;

/** Neighbours in a row that differ clearly. */
export const countEdges = (bitmap: Uint8Array, width: number): number => {
  let edges = 0;
  for (let at = 4; at + 3 < bitmap.length; at += 4) {
    if ((at / 4) % width === 0) continue;
    const change =
      Math.abs((bitmap[at] ?? 0) - (bitmap[at - 4] ?? 0)) +
      Math.abs((bitmap[at + 1] ?? 0) - (bitmap[at - 3] ?? 0)) +
      Math.abs((bitmap[at + 2] ?? 0) - (bitmap[at - 2] ?? 0));
    if (change > 120) edges += 1;
  }
  return edges;
};

const hasText = (image: NativeImage): boolean =>
  countEdges(image.toBitmap(), image.getSize().width) >= leastEdges;

/** Resolves with a PNG of the whole window when two looks in a row show the same text in the guest's screen. */
export const pictureOfConsole = async (contents: WebContents): Promise<Uint8Array> => {
  let former: Buffer | undefined;
  while (!contents.isDestroyed()) {
    const place: unknown = await contents.executeJavaScript(findCanvas);
    if (isRectangle(place)) {
      const image = await contents.capturePage(place);
      const bitmap = image.toBitmap();
      if (former?.equals(bitmap) === true && hasText(image)) {
        return (await contents.capturePage()).toPNG();
      }
      former = bitmap;
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new Error('the window was closed');
};
