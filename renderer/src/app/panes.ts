// F6 moves between the panes: sidebar, list, detail.

/** Where focus goes inside each pane, in reading order. */
const stops = [
  '.side [aria-current], .side button',
  '.lbody',
  '[data-pane="detail"] .tab[data-state="active"], .main.wide button, .main.wide input',
];

export const focusNextPane = (step: 1 | -1): void => {
  const present = stops
    .map((selector) => document.querySelector<HTMLElement>(selector))
    .filter((element) => element !== null && element.offsetParent !== null);
  if (present.length === 0) return;
  const paneOf = (element: Element | null): Element | null =>
    element?.closest('.side, .vmlist, [data-pane="detail"], .main.wide') ?? null;
  const here = present.findIndex((e) => paneOf(e) === paneOf(document.activeElement));
  const next =
    (here < 0 ? (step > 0 ? 0 : present.length - 1) : here + step + present.length) %
    present.length;
  present[next]?.focus();
};
