import pino from 'pino';
import type { Logger } from 'pino';
import { maskSecrets } from '../../src-shared/task/secrets.ts';

/** The engine's log: JSON lines on standard output, which whoever started the engine sends to a file. */
export function makeLog(): Logger {
  const out = pino.destination({ fd: 1, sync: true });
  return pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { cause: pino.stdSerializers.err },
    },
    {
      write: (line: string) => {
        out.write(maskSecrets(line));
      },
    },
  );
}
