import type { BackendReport, DoctorCheck } from '../../../src-shared/api/doctor.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Availability, Backend } from '../backends/backend.ts';
import { within } from './within.ts';

export const backendTitles: Readonly<Record<BackendId, string>> = {
  process: 'Plain process',
  docker: 'Docker',
  kubernetes: 'Kubernetes',
  skypilot: 'SkyPilot',
};

/** What each back end of this engine says of itself. One that hangs or fails says so in its own place. */
export function reportBackends(
  backends: Iterable<Backend>,
  limitMs: number,
  caller: AbortSignal,
): Promise<BackendReport[]> {
  return Promise.all([...backends].map((backend) => reportOne(backend, limitMs, caller)));
}

async function reportOne(backend: Backend, limitMs: number, caller: AbortSignal): Promise<BackendReport> {
  const title = backendTitles[backend.id];
  const failed = (cause: unknown): DoctorCheck => {
    caller.throwIfAborted();
    const { message, remedy, code } = toAppError(cause);
    const hangs = code === 'timed_out' ? `See whether ${title} hangs, and start it anew.` : null;
    return { id: backend.id, title, level: 'missing', found: message, remedy: remedy ?? hangs, facts: [] };
  };
  const [availability, checks] = await Promise.all([
    within(title, limitMs, caller, (signal) => backend.check(signal)).catch((cause: unknown): Availability => {
      caller.throwIfAborted();
      return { available: false, reason: toAppError(cause).message };
    }),
    within(title, limitMs, caller, (signal) => backend.report(signal)).catch((cause: unknown) => [failed(cause)]),
  ]);
  const said = checks.length > 0 ? [...checks] : [bare(backend.id, title, availability)];
  return { id: backend.id, title, available: availability.available, checks: said };
}

/** For a back end that has nothing to say of itself. */
function bare(id: string, title: string, { available, reason, remedy }: Availability): DoctorCheck {
  return {
    id,
    title,
    level: available ? 'ok' : 'missing',
    found: available ? 'Tasks can run here.' : (reason ?? 'Tasks cannot run here.'),
    remedy: available ? null : (remedy ?? null),
    facts: [],
  };
}
