// Work on one thing happens one after the other, in the order it was asked; different things do not wait for each other.

export interface Lanes {
  readonly run: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

export const createLanes = (): Lanes => {
  const lanes = new Map<string, Promise<unknown>>();
  return {
    run: (key, work) => {
      const result = (lanes.get(key) ?? Promise.resolve()).then(work);
      const settled = result.then(
        () => undefined,
        () => undefined,
      );
      lanes.set(key, settled);
      void settled.then(() => {
        if (lanes.get(key) === settled) lanes.delete(key);
      });
      return result;
    },
  };
};
