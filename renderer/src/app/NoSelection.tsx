// The detail pane while nothing is selected.
import { format } from '../../../shared/i18n/format.ts';

export const NoSelection = () => (
  <main className="page" data-pane="detail">
    <div className="empty">
      <p className="t2">{format('vm.noSelection')}</p>
    </div>
  </main>
);
