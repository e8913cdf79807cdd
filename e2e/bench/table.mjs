// The result table, as text for the terminal and as Markdown for the documentation.

const columns = [
  ['what', 'measure'],
  ['unit', 'unit'],
  ['value', 'median [min-max]'],
  ['n', 'n'],
  ['target', 'target'],
  ['verdict', 'verdict'],
];

const width = (rows, key, title) =>
  Math.max(title.length, ...rows.map((row) => [...row[key]].length));

const lineOf = (cells, widths, [left, between, right]) =>
  `${left}${cells.map((cell, i) => cell.padEnd(widths[i])).join(between)}${right}`.trimEnd();

function render(rows, edges) {
  const widths = columns.map(([key, title]) => width(rows, key, title));
  const head = lineOf(
    columns.map(([, title]) => title),
    widths,
    edges,
  );
  const rule = lineOf(
    widths.map((size) => '-'.repeat(size)),
    widths,
    edges,
  );
  const body = rows.map((row) =>
    lineOf(
      columns.map(([key]) => row[key]),
      widths,
      edges,
    ),
  );
  return [head, rule, ...body].join('\n');
}

export const textTable = (rows) => render(rows, ['', '  ', '']);
export const markdownTable = (rows) => render(rows, ['| ', ' | ', ' |']);

/** The remarks that rows carry, one line each. */
export const notesOf = (rows) =>
  rows.filter((row) => row.note !== '').map((row) => `- ${row.what}: ${row.note}`);
