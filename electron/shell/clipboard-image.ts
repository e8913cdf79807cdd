// Puts a PNG on the clipboard. Electron replaced `writeImage` by `write([ClipboardItem])` between the versions we
// run on, so what is there is asked at run time instead of assumed from a version.
import * as electron from 'electron';

interface FormerClipboard {
  readonly writeImage: (image: electron.NativeImage) => void;
}
interface ItemClipboard {
  readonly write: (items: readonly unknown[]) => Promise<void>;
}
type ItemClass = new (items: Readonly<Record<string, Blob>>) => unknown;

export const copyImage = (png: Uint8Array): void => {
  const clipboard: unknown = electron.clipboard;
  const former = clipboard as Partial<FormerClipboard>;
  if (typeof former.writeImage === 'function') {
    former.writeImage(electron.nativeImage.createFromBuffer(Buffer.from(png)));
    return;
  }
  const { ClipboardItem } = electron as unknown as { readonly ClipboardItem: ItemClass };
  const blob = new Blob([Uint8Array.from(png)], { type: 'image/png' });
  void (clipboard as ItemClipboard).write([new ClipboardItem({ 'image/png': blob })]);
};
