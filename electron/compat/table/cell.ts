// The compatibility table: what each backend can do, as documentation and trials say, before this host is asked.
// Five honest answers per cell. The rows are in the files beside this one; sentences in shared/i18n/en/table.ts.
import type { tableTexts } from '../../../shared/i18n/en/table.ts';

/** Keys as of backendKey(): driver/engine. A new backend is a column here and a cell in every row. */
export const backends = [
  'virtualbox/vboxdrv',
  'virtualbox/kvm',
  'virtualbox/software',
  'qemu/kvm',
  'qemu/tcg',
] as const;
export type BackendKey = (typeof backends)[number];

type SentenceKey<P extends string> = Extract<keyof typeof tableTexts, `table.${P}.${string}`>;

export type Cell =
  | { readonly kind: 'yes' }
  /** Works with a limit. */
  | { readonly kind: 'degraded'; readonly how: SentenceKey<'how'> }
  | { readonly kind: 'no'; readonly why: SentenceKey<'why'> }
  /** Works once something is installed or allowed. */
  | { readonly kind: 'needs'; readonly what: SentenceKey<'needs'> }
  /** Depends on build, version or host: never assumed, looked at when needed. */
  | { readonly kind: 'probe'; readonly look: SentenceKey<'probe'> };

/**
 * How the row is known. `tried`: run by us with VirtualBox 7.2.22 and QEMU 7.2 or 11.1 without vboxdrv; cells of
 * vboxdrv and of VirtualBox on KVM are then still from reading. `read`: a source was read. `assumed`: general knowledge.
 */
export type Standing = 'tried' | 'read' | 'assumed';

export interface TableRow {
  readonly id: string;
  readonly title: SentenceKey<'row'>;
  readonly cells: Readonly<Record<BackendKey, Cell>>;
  readonly source: string;
  readonly standing: Standing;
}

export const yes: Cell = { kind: 'yes' };
export const degraded = (how: SentenceKey<'how'>): Cell => ({ kind: 'degraded', how });
export const no = (why: SentenceKey<'why'>): Cell => ({ kind: 'no', why });
export const needs = (what: SentenceKey<'needs'>): Cell => ({ kind: 'needs', what });
export const probe = (look: SentenceKey<'probe'>): Cell => ({ kind: 'probe', look });

/** Cells in the order of `backends`. */
export const cells = (
  vboxdrv: Cell,
  vboxKvm: Cell,
  vboxSoftware: Cell,
  qemuKvm: Cell,
  qemuTcg: Cell,
): TableRow['cells'] => ({
  'virtualbox/vboxdrv': vboxdrv,
  'virtualbox/kvm': vboxKvm,
  'virtualbox/software': vboxSoftware,
  'qemu/kvm': qemuKvm,
  'qemu/tcg': qemuTcg,
});
/** One answer for VirtualBox on every engine, one for QEMU. */
export const byDriver = (virtualBox: Cell, qemu: Cell): TableRow['cells'] =>
  cells(virtualBox, virtualBox, virtualBox, qemu, qemu);
export const everywhere = (cell: Cell): TableRow['cells'] => byDriver(cell, cell);
