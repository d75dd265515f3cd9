import type { ReactElement } from 'react';
import { useState } from 'react';
import { api, queryClient } from '../app/api.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { report, toast } from '../ui/toast.tsx';
import styles from './settings-place.module.css';

/** Asks before a secret is forgotten. Nothing can show its value again, so there is no way back: its name is typed. */
export function RemoveSecret({ name, onClose }: { readonly name: string; readonly onClose: () => void }): ReactElement {
  const [typed, setTyped] = useState('');
  const [isPending, setPending] = useState(false);
  const remove = async () => {
    setPending(true);
    try {
      const stored = await api('removeSecret', { name });
      queryClient.setQueryData(['listSecrets', {}], stored);
      toast({ title: `Removed ${name}` });
      onClose();
    } catch (cause) {
      report(cause);
      setPending(false);
    }
  };
  return (
    <Dialog
      title={`Remove ${name}?`}
      role="alertdialog"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="danger"
            isDisabled={typed !== name}
            isPending={isPending}
            onPress={() => {
              void remove();
            }}
          >
            Remove
          </Button>
        </>
      }
    >
      <div className={styles['words']}>
        <p>Its value is forgotten for good. Tasks that refer to it are refused until it is stored again.</p>
        <TextField
          label={`Type ${name} to confirm`}
          value={typed}
          onChange={setTyped}
          mono
          autoFocus
          autoComplete="off"
          spellCheck="false"
        />
      </div>
    </Dialog>
  );
}
