import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { Button } from '../../ui/button.tsx';
import { bytes } from '../../ui/format.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { readRunFile } from '../run-file.ts';
import { SafeText } from '../safe-name.tsx';
import { hexRows, looksLikeText } from './hex.ts';
import styles from './preview.module.css';

/** What is read at once; of bytes, less says enough. */
const pieceBytes = 256_000;
/** What is shown at most: more would make the page slow. */
const mostBytes = 1_000_000;
const mostHexBytes = 4_096;

/** A file's text, or, where it has none, its first bytes. More of it on demand. */
export function TextPreview({ jobId, file }: { readonly jobId: JobId; readonly file: RunFile }): ReactElement {
  const { data, error, isFetching, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['runText', { jobId, path: file.path, modifiedAt: file.modifiedAt }],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => readRunFile(jobId, file.path, pageParam, pieceBytes, signal),
    getNextPageParam: (_, pages) => {
      const read = pages.reduce((sum, page) => sum + page.bytes.length, 0);
      return read >= Math.min(mostBytes, pages.at(-1)?.total ?? 0) ? undefined : read;
    },
    gcTime: 60_000,
    retry: false,
  });
  if (error !== null && data === undefined)
    return <ErrorState error={error} title="The file could not be read" retry={() => void refetch()} />;
  if (data === undefined) return <LoadingState what="Reading the file…" />;
  const pages = data.pages;
  const total = pages.at(-1)?.total ?? 0;
  const first = pages[0]?.bytes ?? new Uint8Array();
  if (total === 0) return <p className={styles['note']}>The file is empty.</p>;
  if (!looksLikeText(first)) {
    const head = first.subarray(0, mostHexBytes);
    return (
      <div className={styles['text']}>
        <p className={styles['note']}>
          Not text. The first {bytes(head.length)} of {bytes(total)}:
        </p>
        <pre className={styles['pre']} data-hex tabIndex={0}>
          {hexRows(head).join('\n')}
        </pre>
      </div>
    );
  }
  const decoder = new TextDecoder();
  const text = pages.map((page) => decoder.decode(page.bytes, { stream: true })).join('');
  const read = pages.reduce((sum, page) => sum + page.bytes.length, 0);
  return (
    <div className={styles['text']}>
      <pre className={styles['pre']} tabIndex={0}>
        <SafeText text={text} keep={'\n\t\r'} />
      </pre>
      {read < total && (
        <div className={styles['more']}>
          <span>
            {bytes(read)} of {bytes(total)} shown
          </span>
          {read < mostBytes ? (
            <Button size="small" isPending={isFetching} onPress={() => void fetchNextPage()}>
              Load more
            </Button>
          ) : (
            <span>Save a copy to see all of it.</span>
          )}
        </div>
      )}
    </div>
  );
}
