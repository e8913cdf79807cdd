// The head of a table whose last column holds what can be done with a row; that column has a name for readers only.
import { format } from '../../../shared/i18n/format.ts';

export const TableHead = ({ titles }: { readonly titles: readonly string[] }) => (
  <thead>
    <tr>
      {titles.map((title) => (
        <th key={title}>{title}</th>
      ))}
      <th>
        <span className="vh">{format('hw.forward.actions')}</span>
      </th>
    </tr>
  </thead>
);
