// Types of debian-package.mjs, for tests.
export function unpackedPackage(name: string, isMeta?: boolean): Promise<string>;
