// Numbers to words: median and range of samples, and one result row of the benchmark.

const sorted = (values) => [...values].sort((a, b) => a - b);

export function median(values) {
  const all = sorted(values);
  const middle = all.length >> 1;
  if (all.length === 0) return NaN;
  return all.length % 2 === 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
}

/** "12.3 [10.1-15.0]" */
export function shown(values, digits = 1) {
  const all = sorted(values);
  if (all.length === 0) return '-';
  const [low, high] = [all[0], all.at(-1)].map((value) => value.toFixed(digits));
  return `${median(all).toFixed(digits)} [${low}-${high}]`;
}

/**
 * One line of the table. `judged` is the number compared with `limit` (the median of the samples by
 * default); without a limit the line is for information.
 */
export function row({ what, unit, samples, digits = 1, limit, judged = median(samples), note }) {
  const verdict = limit === undefined ? '' : judged <= limit ? 'met' : 'MISSED';
  return {
    what,
    unit,
    value: shown(samples, digits),
    n: String(samples.length),
    target: limit === undefined ? '' : `≤ ${limit} ${unit}`,
    verdict,
    note: note ?? '',
  };
}
