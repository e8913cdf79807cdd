// DNS labels: what may stand in a name, and what a free text becomes.

const isLabel = (text: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);

/** `My VM.1` becomes `my-vm-1`; undefined where nothing usable is left. */
export const toLabel = (text: string): string | undefined => {
  const label = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return isLabel(label) ? label : undefined;
};
