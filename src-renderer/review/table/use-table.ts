import { useEffect, useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { CsvTable } from '../csv/csv-reader.ts';
import { CsvReader } from '../csv/csv-reader.ts';
import { fetchRunFile } from '../run-file.ts';

/** Between two looks at what has been read, ms: drawing must not hold up reading. */
const showMs = 200;
/** Reading gives way to the page after this long, ms. */
const turnMs = 12;

/** A table as far as it has been read. */
export interface TableReading {
  readonly table: CsvTable;
  readonly readBytes: number;
  readonly isDone: boolean;
  readonly error: unknown;
}

/** Reads a run's table as it streams in, when `isWanted`. What shows it is keyed by the file. */
export function useTable(jobId: JobId, path: string, isWanted: boolean): TableReading | null {
  const [reading, setReading] = useState<TableReading | null>(null);
  useEffect(() => {
    if (!isWanted) return undefined;
    const stop = new AbortController();
    void readTable(jobId, path, stop.signal, setReading);
    return () => {
      stop.abort();
    };
  }, [jobId, path, isWanted]);
  return reading;
}

async function readTable(
  jobId: JobId,
  path: string,
  signal: AbortSignal,
  show: (reading: TableReading) => void,
): Promise<void> {
  const reader = new CsvReader(path);
  let [readBytes, shown, turn] = [0, performance.now(), performance.now()];
  const tell = (isDone: boolean, error: unknown = null) => {
    if (!signal.aborted) show({ table: reader.table, readBytes, isDone, error });
  };
  try {
    const body = (await fetchRunFile(jobId, path, { signal })).body?.getReader();
    const decoder = new TextDecoder();
    while (body !== undefined && !reader.isCut) {
      const { done, value } = await body.read();
      if (done) break;
      readBytes += value.length;
      reader.push(decoder.decode(value, { stream: true }));
      const now = performance.now();
      if (now - shown > showMs) {
        tell(false);
        shown = now;
      }
      if (now - turn > turnMs) {
        await new Promise((resolve) => setTimeout(resolve));
        turn = performance.now();
      }
    }
    await body?.cancel();
    reader.end();
    tell(true);
  } catch (error) {
    tell(true, error);
  }
}
