// Snapshots as a flat list in the order of their tree: parents before children, older before newer. Pure.
import type { Snapshot } from '../../../../shared/model/snapshot.ts';

export interface SnapshotLine {
  readonly snapshot: Snapshot;
  /** 0 = taken from the first state. */
  readonly depth: number;
}

/** A snapshot whose parent is unknown counts as a first one; a circle cannot hang it. */
export const snapshotLines = (snapshots: readonly Snapshot[]): readonly SnapshotLine[] => {
  const ids = new Set(snapshots.map(({ id }) => id));
  const parentOf = (snapshot: Snapshot): string | undefined =>
    snapshot.parent !== undefined && ids.has(snapshot.parent) ? snapshot.parent : undefined;
  const byTime = [...snapshots].sort((a, b) => (a.takenAt ?? 0) - (b.takenAt ?? 0));
  const lines: SnapshotLine[] = [];
  const seen = new Set<string>();
  const add = (parent: string | undefined, depth: number): void => {
    for (const snapshot of byTime) {
      if (parentOf(snapshot) !== parent || seen.has(snapshot.id)) continue;
      seen.add(snapshot.id);
      lines.push({ snapshot, depth });
      add(snapshot.id, depth + 1);
    }
  };
  add(undefined, 0);
  for (const snapshot of byTime) if (!seen.has(snapshot.id)) lines.push({ snapshot, depth: 0 });
  return lines;
};
