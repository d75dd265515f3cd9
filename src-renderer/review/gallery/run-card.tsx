import { useQuery } from '@tanstack/react-query';
import { FileText, ImageOff } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { yamlLimits } from '../../../src-shared/task/yaml.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import { paths } from '../../app/routes.ts';
import { analysisName } from '../../tasks/analysis-name.ts';
import { age, time } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { ReviewBadge, ValidityBadge } from '../../ui/validity-badge.tsx';
import { thumbnailOf } from '../figures/figure-list.ts';
import { readRunFile, runFileUrl } from '../run-file.ts';
import { SafeName } from '../safe-name.tsx';
import styles from './run-gallery.module.css';

/** A finished run: a picture of it, its name, what it is worth, how and when it was made. */
export function RunCard({ job, now }: { readonly job: Job; readonly now: number }): ReactElement {
  const analysis = useAnalysis(job.id);
  const ended = job.result?.phases.ended ?? job.updatedAt;
  return (
    <a href={`#${paths.review(job.id)}`} className={styles['card']}>
      <Picture job={job} />
      <span className={styles['words']}>
        <strong className={styles['name']}>
          <SafeName text={job.taskName} />
        </strong>
        <span className={styles['meta']}>
          <span className={styles['analysis']}>{analysis === null ? '\u00a0' : analysisName(analysis)}</span>
          <time dateTime={ended} title={time(ended)}>
            {age(ended, now)}
          </time>
        </span>
        <span className={styles['badges']}>
          {job.state !== 'succeeded' && <StateBadge state={job.state} />}
          <ValidityBadge validity={job.validity} />
        </span>
        <span className={styles['badges']}>{job.state === 'succeeded' && <ReviewBadge />}</span>
      </span>
    </a>
  );
}

function Picture({ job }: { readonly job: Job }): ReactElement {
  const [isBroken, setBroken] = useState(false);
  const image = thumbnailOf(job.result?.outputs ?? []);
  if (image === null || isBroken)
    return (
      <span className={styles['none']}>
        {isBroken ? <ImageOff aria-hidden /> : <FileText aria-hidden />}
        {isBroken ? 'The picture could not be drawn' : 'No figures'}
      </span>
    );
  return (
    <img
      className={styles['picture']}
      src={runFileUrl(job.id, image.path)}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => {
        setBroken(true);
      }}
    />
  );
}

/** The analysis of a run, as its task names it. */
function useAnalysis(jobId: JobId): string | null {
  const { data } = useQuery({
    queryKey: ['runAnalysis', { runId: jobId }],
    queryFn: async ({ signal }) => {
      const { bytes } = await readRunFile(jobId, workerFiles.task, 0, yamlLimits.bytes, signal);
      return readTask(new TextDecoder().decode(bytes)).task?.analysis.type ?? null;
    },
    staleTime: Infinity,
    retry: false,
  });
  return data ?? null;
}
