import type { ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { Obstacle } from './submit-error.ts';
import { remedyHere } from './submit-error.ts';

/** What stands between a task and its run, with the way out of it where there is one here. */
export function ObstacleBanner({
  obstacle,
  onAllow,
}: {
  readonly obstacle: Obstacle;
  readonly onAllow: () => void;
}): ReactElement {
  const { error } = obstacle;
  const canAllow = obstacle.kind === 'input' && obstacle.canAllow;
  return (
    <Banner
      tone="bad"
      title={error.message}
      actions={
        canAllow && (
          <Button size="small" onPress={onAllow}>
            Allow this folder…
          </Button>
        )
      }
    >
      {canAllow ? 'Choose the folder that it lies in: tasks of this workspace may then read it.' : remedyHere(error)}
    </Banner>
  );
}
