// Ids and addresses that nobody has yet.

/** `nic0`, `nic1` ...: the first number nobody has. */
export const freeId = (prefix: string, taken: readonly { readonly id: string }[]): string => {
  const ids = new Set(taken.map((row) => row.id));
  for (let number = 0; ; number += 1) {
    const id = `${prefix}${number}`;
    if (!ids.has(id)) return id;
  }
};

/** Locally administered address with QEMU's usual prefix. `random` gives numbers 0..1. */
export const randomMac = (random: () => number): string => {
  const octet = (): string =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0');
  return `52:54:00:${octet()}:${octet()}:${octet()}`;
};
