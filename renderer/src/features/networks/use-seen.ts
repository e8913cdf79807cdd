// Which part of a tall picture is near what can be seen; only that is drawn where there are many boxes.
import { useState, type UIEvent } from 'react';

/** Fewer boxes are all drawn. */
const many = 150;
/** Scrolling by less draws nothing anew, in pixels. */
const stepPx = 300;
/** More than the picture is ever high, in pixels. */
const windowPx = 2000;

export const useSeen = (boxes: number) => {
  const [top, setTop] = useState(0);
  return {
    /** `from`, `to`: upper and lower edge in the picture, in pixels. */
    isSeen: (from: number, to: number): boolean =>
      boxes < many || (to >= top - stepPx && from <= top + windowPx),
    onScroll: ({ currentTarget }: UIEvent): void =>
      setTop(Math.floor(currentTarget.scrollTop / stepPx) * stepPx),
  };
};
