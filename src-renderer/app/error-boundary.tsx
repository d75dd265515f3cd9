import type { ReactNode } from 'react';
import { Component } from 'react';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/states.tsx';

interface Props {
  readonly children: ReactNode;
  /** When it changes, what failed is tried anew. */
  readonly resetKey?: string;
}

/** Keeps a defect in one part of the window from taking the rest with it. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override componentDidUpdate(before: Props): void {
    if (before.resetKey !== this.props.resetKey && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div>
        <ErrorState
          error={this.state.error}
          title="This part of the window failed"
          retry={() => {
            this.setState({ error: null });
          }}
        />
        <p style={{ textAlign: 'center' }}>
          <Button
            variant="quiet"
            onPress={() => {
              location.reload();
            }}
          >
            Reload the window
          </Button>
        </p>
      </div>
    );
  }
}
