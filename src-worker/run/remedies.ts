import type { ErrorCode } from '../../src-shared/errors.ts';
import { AppError } from '../../src-shared/errors.ts';
import { maskSecrets } from '../../src-shared/task/secrets.ts';

/** What to do about an error whose thrower knew nothing better. */
const byCode: Readonly<Record<ErrorCode, string>> = {
  invalid_task: 'Correct the task and run it again.',
  not_found: 'Check the name or address; the catalogue may be out of date.',
  conflict: 'Run it again in a new folder.',
  denied: 'Ask whoever keeps the data for access, or use another source.',
  gate_closed: 'Ask for approval.',
  backend_unavailable: 'Check the network and run it again.',
  backend_rejected: 'Check what the server says and run it again.',
  source_unavailable: 'Check the network and run it again.',
  job_failed: 'See logs.txt.',
  bad_data: 'Check the file with gdalinfo, or leave it out of the task.',
  over_limit: 'Ask for less, or raise the limit in the task.',
  cancelled: 'Run it again when you want its result.',
  timed_out: 'Ask for less, or raise limits.timeout_sec in the task.',
  storage: 'Free some space, check the folder, and run it again.',
  internal: 'This is a defect in Transect. Please report it with the job’s logs.txt.',
};

/** The error as it may leave the worker: with a remedy, and without the credentials of addresses inside its texts. */
export function presentable(error: AppError): AppError {
  const { message, remedy, ...rest } = error.toData();
  return AppError.fromData({
    ...rest,
    message: maskSecrets(message),
    remedy: maskSecrets(remedy ?? byCode[error.code]),
  });
}
