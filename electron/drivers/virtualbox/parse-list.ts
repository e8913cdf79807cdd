// Reads VBoxManage's lists: `list vms`, blocks of "Key:  value" lines, and extra data.

export interface ListedVm {
  /** `undefined`: VirtualBox cannot read the machine's settings file now. */
  readonly name: string | undefined;
  readonly id: string;
}

/** `"name" {uuid}`: nothing in the name is escaped, so the id behind it ends the row, not the quote. */
export const parseVmList = (text: string): readonly ListedVm[] =>
  [...text.matchAll(/(?:^|\n)("[\s\S]*?"|<inaccessible>) \{([0-9a-fA-F-]{36})\}(?=\n|$)/g)].map(
    ([, shown = '', id = '']) => {
      const name = shown.startsWith('"') ? shown.slice(1, -1) : shown;
      return { name: name === '<inaccessible>' ? undefined : name, id: id.toLowerCase() };
    },
  );

/** Blocks separated by blank lines. A first line `Extension Packs: 1` makes no block of its own here. */
export const parseBlocks = (text: string): readonly Readonly<Record<string, string>>[] =>
  text
    .split(/\n\s*\n/)
    .map((block) =>
      Object.fromEntries(
        block
          .split('\n')
          .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
          .flatMap((row) => (row ? [[(row[1] ?? '').trim(), (row[2] ?? '').trim()]] : [])),
      ),
    )
    .filter((block) => Object.keys(block).length > 0);

/** True: the VNC extension pack is installed and can be used, so a machine can have a VNC server. */
export const hasVncPack = (text: string): boolean =>
  text
    .split(/(?=^Pack no\.)/m)
    .flatMap((pack) => parseBlocks(pack))
    .some((pack) => pack['VRDE Module'] === 'VBoxVNC' && pack['Usable'] === 'true');

/** `getextradata ... enumerate`: `Key: NAME, Value: TEXT`, a line each. */
export const parseExtraData = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/^Key: (.*?), Value: (.*)$/gm)].map(([, key = '', value = '']) => [
      key,
      value,
    ]),
  );
