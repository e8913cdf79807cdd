// Types of iso.mjs, for tests that write an image of their own.
export interface IsoFile {
  readonly name: string;
  readonly content: Uint8Array;
}
export interface IsoBoot {
  readonly name: string;
  /** 512-byte sectors that the BIOS loads; all of the file without it. */
  readonly loadSectors?: number;
  readonly hasInfoTable?: boolean;
}
export function isoImage(options: {
  readonly label: string;
  readonly files: readonly IsoFile[];
  readonly boot: IsoBoot;
}): Buffer;
