import type { ReactElement } from 'react';
import type { Draft } from '../../../src-shared/api/library.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { time } from '../../ui/format.ts';

/** Says that unsaved text of an earlier time was restored. */
export function DraftNote({
  draft,
  onKeep,
  onDiscard,
}: {
  readonly draft: Draft;
  readonly onKeep: () => void;
  readonly onDiscard: () => void;
}): ReactElement {
  return (
    <Banner
      title={`Draft from ${time(draft.savedAt)}, restored.`}
      actions={
        <>
          <Button size="small" onPress={onKeep}>
            Keep draft
          </Button>
          <Button size="small" onPress={onDiscard}>
            Discard draft
          </Button>
        </>
      }
    >
      It is not in the file. Discarding can be undone in the editor.
    </Banner>
  );
}

/** Says that the file is another one than the text was typed over, and offers both. */
export function ConflictNote({
  onTake,
  onOverwrite,
  onSaveAs,
}: {
  readonly onTake: () => void;
  readonly onOverwrite: () => void;
  readonly onSaveAs: () => void;
}): ReactElement {
  return (
    <Banner
      tone="warn"
      title="The file changed on disk since this text was typed."
      actions={
        <>
          <Button size="small" onPress={onTake}>
            Use the file’s text
          </Button>
          <Button size="small" onPress={onSaveAs}>
            Save mine as a new task…
          </Button>
          <Button size="small" variant="danger" onPress={onOverwrite}>
            Overwrite the file
          </Button>
        </>
      }
    >
      Using the file’s text can be undone in the editor.
    </Banner>
  );
}
