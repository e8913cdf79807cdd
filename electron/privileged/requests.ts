// Closed union of privileged operations. This part needs none; the network part adds rows here and a helper
// program of its own, which validates every argument again.
export type PrivilegedRequest = never;
