// The last seen screen of running VMs as object URLs, so that list and page show the same picture.
import { create } from 'zustand';
import type { VmId } from '../../../shared/model/brand.ts';

export const useThumbnails = create<Readonly<Record<string, string>>>(() => ({}));

/** Replaces the picture of a VM; `undefined` removes it. The former URL is revoked. */
export const putThumbnail = (id: VmId, png: Uint8Array | undefined): void => {
  const former = useThumbnails.getState()[id];
  if (png) {
    const url = URL.createObjectURL(new Blob([png as BlobPart], { type: 'image/png' }));
    useThumbnails.setState({ [id]: url });
  } else if (former !== undefined) {
    const { [id]: _gone, ...rest } = useThumbnails.getState();
    useThumbnails.setState(rest, true);
  }
  if (former !== undefined) setTimeout(() => URL.revokeObjectURL(former), 1000);
};
