// Typing letters in a list, a tree or a table goes to the next name that begins with them.

/**
 * First name that begins with the typed letters. One letter (or the same repeated) goes on to the next such
 * name; more letters stay where they match. -1 = no name.
 */
export const findTyped = (names: readonly string[], typed: string, from: number): number => {
  const letters = typed.toLocaleLowerCase('en');
  const first = letters[0] ?? '';
  const isRepeat = letters !== '' && [...letters].every((letter) => letter === first);
  const wanted = isRepeat ? first : letters;
  const start = isRepeat ? from + 1 : Math.max(from, 0);
  for (let step = 0; step < names.length; step += 1) {
    const index = (start + step) % names.length;
    if (names[index]?.toLocaleLowerCase('en').startsWith(wanted)) return index;
  }
  return -1;
};
