// Types of debian-package.mjs, for tests and for what prepares them.
export function unpackedPackage(name: string, isMeta?: boolean): Promise<string>;
export function provideLinuxGuest(): Promise<void>;
export function lendLinuxGuest(user: { cwd: string; uid: number; gid: number }): Promise<void>;
