// Catches faults of the window's own drawing code, so that one broken page does not blank the whole window.
import { Component, type ReactNode } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { Button } from '../components/Button.tsx';

interface Props {
  readonly children: ReactNode;
  /** Changing it tries again. */
  readonly resetKey?: string;
}
interface State {
  readonly fault: Error | undefined;
  readonly resetKey: string | undefined;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { fault: undefined, resetKey: this.props.resetKey };

  static getDerivedStateFromError(fault: unknown): Partial<State> {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.resetKey
      ? null
      : { resetKey: props.resetKey, fault: undefined };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    return (
      <div className="empty" role="alert">
        <h2>{format('err.boundary.title')}</h2>
        <p className="t2">{format('err.boundary.body')}</p>
        <pre className="code">{fault.stack ?? fault.message}</pre>
        <Button onClick={() => this.setState({ fault: undefined })}>
          {format('err.boundary.again')}
        </Button>
      </div>
    );
  }
}
