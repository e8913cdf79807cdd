// Asking again and again, but only while the window can be seen, and never before the last answer came.

/** Stops with the returned function. A failed look is simply repeated. */
export const whileVisible = (
  everyMs: number,
  ask: (isStale: () => boolean) => Promise<void>,
): (() => void) => {
  let isStopped = false;
  let isAsking = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isHidden = (): boolean => document.visibilityState === 'hidden';
  const look = (): void => {
    if (isStopped || isAsking || isHidden()) return;
    isAsking = true;
    clearTimeout(timer);
    void ask(() => isStopped)
      .catch(() => undefined)
      .then(() => {
        isAsking = false;
        if (!isStopped && !isHidden()) timer = setTimeout(look, everyMs);
      });
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
};
