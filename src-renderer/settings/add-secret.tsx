import type { ReactElement } from 'react';
import { useState } from 'react';
import { leastSecret } from '../../src-shared/api/secrets.ts';
import { api, queryClient } from '../app/api.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { report, toast } from '../ui/toast.tsx';
import { nameProblem } from './secret-name.ts';
import styles from './settings-place.module.css';

/** Stores a secret, or replaces the value of one. What was typed is forgotten as soon as it is stored. */
export function AddSecret({ known }: { readonly known: readonly string[] }): ReactElement {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [isPending, setPending] = useState(false);
  const problem = nameProblem(name);
  const replaces = known.includes(name);
  const isShort = value !== '' && value.length < leastSecret;
  const canStore = name !== '' && value !== '' && problem === undefined && !isShort;
  const store = async () => {
    setPending(true);
    try {
      const stored = await api('setSecret', { name, value });
      queryClient.setQueryData(['listSecrets', {}], stored);
      toast({ title: replaces ? `Replaced the value of ${name}` : `Stored ${name}` });
      setName('');
      setValue('');
    } catch (cause) {
      // What was typed stays for another try.
      report(cause);
    } finally {
      setPending(false);
    }
  };
  return (
    <form
      className={styles['add']}
      aria-label="Store a secret"
      onSubmit={(event) => {
        event.preventDefault();
        if (canStore && !isPending) void store();
      }}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        mono
        autoComplete="off"
        spellCheck="false"
        errorMessage={problem}
        description={replaces ? 'Is stored already: its value is replaced.' : 'Tasks refer to it by this name.'}
      />
      <TextField
        label="Value"
        type="password"
        value={value}
        onChange={setValue}
        autoComplete="new-password"
        maxLength={65_536}
        errorMessage={isShort ? `Needs at least ${leastSecret} characters, to be told from ordinary text.` : undefined}
      />
      <Button type="submit" isDisabled={!canStore} isPending={isPending}>
        {replaces ? 'Replace' : 'Store'}
      </Button>
    </form>
  );
}
