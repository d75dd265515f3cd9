import type { Json } from '../messages.ts';
import { readsJson } from '../plan-check.ts';
import { sha256 } from '../sha256.ts';
import type { RunEnd, RunIdentity } from './run-end.ts';

const schemaVersion = 1;

/**
 * metadata.json: what was asked, read and computed, with exact numbers. Names of local inputs are those of the task; there
 * are no paths of this machine and no credentials.
 */
export function metadataOf(run: RunIdentity, end: RunEnd): { readonly [key: string]: Json } {
  const { task, worker } = run;
  const { facts, outcome, error } = end;
  return {
    schema_version: schemaVersion,
    job_id: run.jobId,
    task_name: task?.task_name ?? null,
    task_sha256: run.taskBytes === null ? null : sha256(run.taskBytes),
    state: end.state,
    validity: end.validity,
    validity_line: outcome?.validityLine ?? null,
    marks: outcome?.marks ?? [],
    review: 'needs_review',
    created_at: end.endedAt.toISOString(),
    started_at: run.startedAt.toISOString(),
    offline: run.offline,
    inputs: plain(task?.inputs),
    analysis: plain(task?.analysis),
    grid_asked: plain(task?.grid),
    limits: plain(task?.limits),
    ...outcome?.metadata,
    sources: plain(facts?.sources ?? []),
    read: facts === null ? null : readsJson(facts),
    planned_read: facts === null || facts.planned === null ? null : readsJson(facts.planned),
    outputs: end.artefacts.map(({ path, bytes, sha256: hash, mediaType }) => ({
      path,
      bytes,
      sha256: hash,
      media_type: mediaType,
    })),
    warnings: facts?.warnings ?? [],
    error: plain(error?.toData()),
    software: {
      worker: worker.version,
      worker_bundle_sha256: worker.sha256,
      node: process.versions.node,
      v8: process.versions.v8,
    },
  };
}

/** A value as JSON holds it; what is undefined becomes null. */
function plain(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}
