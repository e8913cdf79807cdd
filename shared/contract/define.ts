// How a contract is written: calls and topics, and the types derived from them for both sides.
import type { z } from 'zod';
import type { AppError } from './errors.ts';

export interface Call<A extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly kind: 'call';
  readonly args: A;
  readonly result: R;
}
export interface Topic<P extends z.ZodType = z.ZodType> {
  readonly kind: 'topic';
  readonly payload: P;
}
export type Contract = Readonly<Record<string, Readonly<Record<string, Call | Topic>>>>;

/** A question or an order from the window; always answered. */
export const call = <A extends z.ZodType, R extends z.ZodType>(args: A, result: R): Call<A, R> => ({
  kind: 'call',
  args,
  result,
});
/** A message pushed from main. */
export const topic = <P extends z.ZodType>(payload: P): Topic<P> => ({ kind: 'topic', payload });

type CallsOf<G> = { [N in keyof G as G[N] extends Call ? N : never]: G[N] };
type TopicsOf<G> = { [N in keyof G as G[N] extends Topic ? N : never]: G[N] };

/** What main implements: one function per call. */
export type Handlers<C extends Contract> = {
  readonly [G in keyof C]: {
    readonly [N in keyof CallsOf<C[G]>]: CallsOf<C[G]>[N] extends Call<infer A, infer R>
      ? (args: z.output<A>) => Promise<z.input<R>> | z.input<R>
      : never;
  };
};
/** What the window calls. Rejects with AppFailure. */
export type Client<C extends Contract> = {
  readonly [G in keyof C]: {
    readonly [N in keyof CallsOf<C[G]>]: CallsOf<C[G]>[N] extends Call<infer A, infer R>
      ? (args: z.input<A>) => Promise<z.output<R>>
      : never;
  };
};
/** Payload types by `group.name` of every topic. */
export type TopicPayloads<C extends Contract> = {
  [G in keyof C & string as keyof TopicsOf<C[G]> extends never ? never : G]: {
    [N in keyof TopicsOf<C[G]>]: TopicsOf<C[G]>[N] extends Topic<infer P> ? z.output<P> : never;
  };
};

/** What crosses the bridge for every call. */
export type Result =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: AppError };

/** The only thing the preload script exposes, as `window.polyvisor`. Knows no schema. */
export interface Bridge {
  /** `channel` is `group.name`. Never rejects: failures are data. */
  readonly invoke: (channel: string, args: unknown) => Promise<Result>;
  /** Returns its undo. */
  readonly subscribe: (channel: string, listener: (payload: unknown) => void) => () => void;
  /** Absolute path of a file dropped on or chosen in the window. */
  readonly pathForFile: (file: unknown) => string;
}
