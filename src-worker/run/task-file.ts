import { open } from 'node:fs/promises';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import { yamlLimits } from '../../src-shared/task/yaml.ts';

/**
 * Reads a task file, at most one byte more than a task may have. That is enough to see that it is
 * too large. @throws AppError `not_found`
 */
export async function readTaskFile(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      throw new AppError('not_found', `There is no task file ${path}.`, {
        remedy: 'Check the path after --task.',
        cause,
      });
    throw toAppError(cause);
  });
  try {
    const buffer = Buffer.alloc(yamlLimits.bytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}
