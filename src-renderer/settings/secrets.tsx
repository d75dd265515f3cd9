import { KeyRound, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { StoredSecrets } from '../../src-shared/api/secrets.ts';
import { useApi } from '../app/api.ts';
import { Banner } from '../ui/banner.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { time } from '../ui/format.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Section } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { AddSecret } from './add-secret.tsx';
import { RemoveSecret } from './remove-secret.tsx';
import { referenceTo } from './secret-name.ts';
import styles from './settings-place.module.css';

const stores: Record<StoredSecrets['store'], string> = {
  keychain: 'Values are kept in the system’s keychain.',
  file: 'Values are kept in a file that only this user can read.',
};

/** The names of stored secrets. A value goes in here, and nothing shows it again. */
export function Secrets(): ReactElement {
  const { data, error, isPending, refetch } = useApi('listSecrets', {});
  return (
    <Section
      title="Secrets"
      note="Passwords and keys that tasks refer to by name. A value can be replaced or removed; it is never shown, and it is masked in everything that a run writes."
    >
      {isPending ? (
        <LoadingState what="Reading the names of secrets…" />
      ) : error !== null ? (
        <ErrorState error={error} title="The secrets could not be listed" retry={() => void refetch()} />
      ) : (
        <Stored stored={data} />
      )}
    </Section>
  );
}

function Stored({ stored: { secrets, store, warning } }: { readonly stored: StoredSecrets }): ReactElement {
  const [removing, setRemoving] = useState<string | null>(null);
  return (
    <>
      {warning === null ? (
        <p className={styles['store']}>
          <KeyRound aria-hidden />
          {stores[store]}
        </p>
      ) : (
        <Banner tone="warn" title={stores[store]}>
          {warning}
        </Banner>
      )}
      {secrets.length === 0 ? (
        <p>None are stored yet.</p>
      ) : (
        <ul className={styles['rows']} aria-label="Stored secrets">
          {secrets.map(({ name, setAt }) => (
            <li key={name}>
              <code>{name}</code>
              <span className={page['muted']}>{setAt === null ? 'stored' : `stored ${time(setAt)}`}</span>
              <CopyButton label={`Copy the lines that refer to ${name}`} text={referenceTo(name)} />
              <IconButton
                label={`Remove ${name}…`}
                icon={<Trash2 aria-hidden />}
                onPress={() => {
                  setRemoving(name);
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <AddSecret known={secrets.map(({ name }) => name)} />
      {removing !== null && (
        <RemoveSecret
          name={removing}
          onClose={() => {
            setRemoving(null);
          }}
        />
      )}
    </>
  );
}
