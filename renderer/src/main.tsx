// Boot of the window: bridge -> client -> mirror -> React. The only file that touches window.polyvisor.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';
import './styles/layers.css';
import './styles/list.css';
import './styles/shell.css';
import './styles/details.css';
import './styles/pages.css';
import './styles/hardware.css';
import './styles/compat.css';
import './styles/engines.css';
import './styles/networks.css';
import './styles/topology.css';
import './styles/adapter.css';
import { createActions } from './actions/actions.ts';
import { App } from './app/App.tsx';
import { BackstageContext, createBackstage } from './bridge/context.ts';
import { startMirror } from './bridge/mirror.ts';
import { takeSnapshot, whenIdle } from './bridge/snapshot.ts';
import { useAppStore } from './state/app-store.ts';
import { openDialog } from './state/ui-store.ts';
import { ErrorBoundary } from './errors/ErrorBoundary.tsx';
import { ActionsContext } from './actions/actions.ts';

// The page's security policy forbids generated code; zod must not try.
z.config({ jitless: true });

const backstage = createBackstage(window.polyvisor);
const actions = createActions(backstage.client);

startMirror({
  subscribe: (listener, onInvalid) => backstage.subscribe('state', 'patch', listener, onInvalid),
  snapshot: () =>
    takeSnapshot(window.polyvisor, whenIdle, ({ error }) => openDialog({ kind: 'error', error })),
  write: ({ epoch, seq, state }) => {
    useAppStore.setState({ isReady: true, epoch, seq, state });
    document.documentElement.dataset['seq'] = String(seq);
  },
  failed: (error) => console.error('The state could not be read; asking again.', error),
  retryDelayMs: 500,
});

const root = document.getElementById('root');
if (!root) throw new Error('#root is missing');
createRoot(root).render(
  <StrictMode>
    <BackstageContext value={backstage}>
      <ActionsContext value={actions}>
        <ErrorBoundary>
          <App />
        </ErrorBoundary>
      </ActionsContext>
    </BackstageContext>
  </StrictMode>,
);
