// Keys of the list as pure data: what a key press means for the selection. No DOM.

export type ListIntent =
  | { readonly kind: 'select'; readonly index: number }
  | { readonly kind: 'activate' }
  | { readonly kind: 'pauseResume' }
  | { readonly kind: 'rename' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'none' };

export interface KeyPress {
  readonly key: string;
  readonly hasModifier: boolean;
}

/** `index` is -1 while nothing is selected. `typed` = letters typed within the last second. */
export const listIntent = (
  press: KeyPress,
  list: { readonly index: number; readonly count: number; readonly pageSize: number },
  typed: string,
): ListIntent => {
  const { index, count, pageSize } = list;
  if (press.hasModifier || count === 0) return { kind: 'none' };
  const to = (target: number): ListIntent => ({
    kind: 'select',
    index: Math.min(Math.max(target, 0), count - 1),
  });
  switch (press.key) {
    case 'ArrowDown':
      return to(index + 1);
    case 'ArrowUp':
      return to(index < 0 ? count - 1 : index - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(count - 1);
    case 'PageDown':
      return to(index + pageSize);
    case 'PageUp':
      return to(index - pageSize);
    case 'Enter':
      return { kind: 'activate' };
    case 'F2':
      return { kind: 'rename' };
    case 'Delete':
      return { kind: 'delete' };
    case ' ':
      // Within a typed name a space is a letter.
      return typed === '' ? { kind: 'pauseResume' } : { kind: 'type', text: `${typed} ` };
    default:
      return [...press.key].length === 1 && press.key !== '/'
        ? { kind: 'type', text: typed + press.key }
        : { kind: 'none' };
  }
};
