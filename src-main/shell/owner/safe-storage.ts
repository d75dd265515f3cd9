import { safeStorage } from 'electron';
import type { KeyBox } from './owner-key.ts';

/**
 * The system's own encryption, through Electron. On Linux the window runs without a keyring (`window/switches.ts`): what is
 * encrypted there is only hidden, and a keyring would give the key to any program of the session without a question, so that the
 * PIN is the better proof.
 */
export const systemKeyBox: KeyBox = {
  canKeep: () => {
    if (process.platform === 'linux' && isOnlyHidden(safeStorage.getSelectedStorageBackend()))
      return Promise.resolve(false);
    return safeStorage.isAsyncEncryptionAvailable().catch(() => false);
  },
  encrypt: (text) => safeStorage.encryptStringAsync(text),
  decrypt: async (bytes) => (await safeStorage.decryptStringAsync(bytes)).result,
};

function isOnlyHidden(keyring: string): boolean {
  return keyring === 'basic_text' || keyring === 'unknown';
}
