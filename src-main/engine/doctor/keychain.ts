import type { DoctorCheck } from '../../../src-shared/api/doctor.ts';
import type { StoredSecrets } from '../../../src-shared/api/secrets.ts';
import { toAppError } from '../../../src-shared/errors.ts';

/** Where the values of secrets are kept. */
export type KeychainStatus = () => Promise<Pick<StoredSecrets, 'store' | 'warning'>>;

/** Whether secrets can be kept in the system's keychain. */
export async function keychainCheck(keychain: KeychainStatus): Promise<DoctorCheck> {
  const head = { id: 'keychain', title: 'Keychain', facts: [] };
  try {
    const { store, warning } = await keychain();
    if (store === 'keychain')
      return { ...head, level: 'ok', found: 'Secrets are kept in the system’s keychain.', remedy: null };
    return {
      ...head,
      level: 'limited',
      found: warning ?? 'Secrets are kept in a file that only this user can read: no keychain answers here.',
      remedy: 'Start the system’s keychain service, and store the secrets again: they are kept there then.',
    };
  } catch (cause) {
    const { message, remedy = null } = toAppError(cause);
    return { ...head, level: 'missing', found: `Secrets cannot be kept. ${message}`, remedy };
  }
}
