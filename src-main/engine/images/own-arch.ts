import type { ImageArch } from '../../../src-shared/api/images.ts';
import { AppError } from '../../../src-shared/errors.ts';

/** This machine’s architecture in the words of OCI. @throws AppError `bad_data` for one without worker images */
export function ownArch(): ImageArch {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new AppError('bad_data', `There is no worker image for this machine’s processor (${process.arch}).`, {
    remedy: 'Name the architecture that it is for: --arch amd64 or --arch arm64',
  });
}
