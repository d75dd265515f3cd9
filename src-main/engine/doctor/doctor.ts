import type { DoctorCheck, DoctorReport } from '../../../src-shared/api/doctor.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { Backend } from '../backends/backend.ts';
import { reportBackends } from './backend-reports.ts';
import type { KeychainStatus } from './keychain.ts';
import { keychainCheck } from './keychain.ts';
import type { EngineFacts } from './machine.ts';
import { engineCheck, memoryCheck, processorCheck, workspaceCheck } from './machine.ts';
import { within } from './within.ts';

export interface DoctorParts {
  readonly root: DataRoot;
  /** The back ends of this engine. One that it does not have is not spoken of. */
  readonly backends: ReadonlyMap<unknown, Backend>;
  readonly engine: EngineFacts;
  readonly keychain: KeychainStatus;
  /** How long one part may take, ms. */
  readonly limitMs?: number;
}

export type Doctor = (signal: AbortSignal) => Promise<DoctorReport>;

/** Long enough for a container engine that wakes up, short enough for a person who waits. */
const defaultLimitMs = 8_000;

/**
 * Looks at the machine and at its back ends. A part that hangs or fails is told in its own place and holds nothing else up.
 * Rejects only with the caller's reason.
 */
export function makeDoctor(parts: DoctorParts): Doctor {
  const { root, backends, engine, keychain, limitMs = defaultLimitMs } = parts;
  return async (signal) => {
    const look = (id: string, title: string, check: () => DoctorCheck | Promise<DoctorCheck>): Promise<DoctorCheck> =>
      within(title, limitMs, signal, async () => check()).catch((cause: unknown) => {
        signal.throwIfAborted();
        const { message, remedy = null } = toAppError(cause);
        return { id, title, level: 'missing', found: message, remedy, facts: [] };
      });
    const [machine, reports] = await Promise.all([
      Promise.all([
        look('engine', 'Engine', () => engineCheck(engine)),
        look('workspace', 'Workspace', () => workspaceCheck(root)),
        look('memory', 'Memory', memoryCheck),
        look('processors', 'Processors', () => processorCheck(engine)),
        look('keychain', 'Keychain', () => keychainCheck(keychain)),
      ]),
      reportBackends(backends.values(), limitMs, signal),
    ]);
    return { at: new Date().toISOString(), machine, backends: reports };
  };
}
