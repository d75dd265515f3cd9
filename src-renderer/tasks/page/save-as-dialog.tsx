import type { ReactElement } from 'react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { longestName } from '../library/task-actions.ts';

interface SaveAsDialogProps {
  readonly isOpen: boolean;
  readonly suggestion: string;
  readonly isPending: boolean;
  readonly onClose: () => void;
  readonly onSave: (name: string) => void;
}

/** Asks under what name a task goes into the workspace. */
export function SaveAsDialog({ isOpen, suggestion, isPending, onClose, onSave }: SaveAsDialogProps): ReactElement {
  const [name, setName] = useState(suggestion.slice(0, longestName));
  const submit = () => {
    if (name.trim() !== '') onSave(name.trim());
  };
  return (
    <Dialog
      title="Save as my task"
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isPending={isPending} isDisabled={name.trim() === ''} onPress={submit}>
            Save
          </Button>
        </>
      }
    >
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label="File name"
          description="A new file in the workspace’s tasks folder. Files named in the inputs keep pointing to where they are."
          value={name}
          onChange={setName}
          maxLength={longestName}
          autoFocus
        />
      </Form>
    </Dialog>
  );
}
