import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import { exitCodeOf, exitCodes } from '../../src-shared/exit-codes.ts';
import { hashTreeText } from '../../src-shared/hash-tree.ts';
import type { Artefact, JobState } from '../../src-shared/job.ts';
import { mediaTypeOf } from '../../src-shared/media-types.ts';
import type { RunResult } from '../../src-shared/worker-protocol.ts';
import { workerFiles } from '../../src-shared/worker-protocol.ts';
import { jsonText, temporaryPath, writeAtomic } from './atomic-write.ts';
import type { ComputeEnd } from './compute-thread.ts';
import { sayError } from './console.ts';
import { outputsItem } from './documents/item.ts';
import { metadataOf } from './documents/metadata.ts';
import { reportOf } from './documents/report.ts';
import type { RunEnd, RunIdentity } from './documents/run-end.ts';
import type { Journal } from './journal.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { presentable } from './remedies.ts';
import { removeLeftovers } from './run-folder.ts';
import { runTime } from './run-time.ts';
import { sha256 } from './sha256.ts';
import type { StatusFile } from './status-file.ts';

export interface Finishing extends RunIdentity {
  readonly folder: string;
  readonly journal: Journal;
  readonly status: StatusFile;
  readonly secrets: KnownSecrets;
}

/** Writes the end of a run: documents, result.json and, last of all, the final status. Gives the exit code. */
export async function finishRun(run: Finishing, computed: Partial<ComputeEnd>): Promise<number> {
  const end = runEnd(computed, run.secrets);
  try {
    return await writeEnd(run, end);
  } catch (cause) {
    // The documents could not be written: the status must still tell, if the disk lets it.
    run.journal.log('error', `The end of the run could not be written: ${toAppError(cause).message}`);
    const failed = runEnd({ ...computed, error: end.error ?? toAppError(cause) }, run.secrets);
    await removeDocuments(run);
    try {
      return await writeEnd(run, failed);
    } catch (again) {
      await removeDocuments(run);
      return await writeStatusOnly(run, failed, toAppError(again));
    }
  }
}

/** What was written of an end that could not be written whole. */
async function removeDocuments({ folder }: Finishing): Promise<void> {
  const { metadata, reportMarkdown, reportHtml, item, result } = workerFiles;
  for (const name of [metadata, reportMarkdown, reportHtml, item, result])
    for (const path of [join(folder, name), temporaryPath(join(folder, name))])
      await rm(path, { force: true }).catch(() => undefined);
}

async function writeStatusOnly(run: Finishing, end: RunEnd, cause: AppError): Promise<number> {
  const { secrets } = run;
  const error = end.error ?? cause;
  sayError(error, secrets);
  run.journal.finish();
  await run.status
    .end({
      state: end.state,
      validity: [],
      endedAt: end.endedAt.toISOString(),
      exitCode: end.exitCode,
      error: secrets.maskAll(presentable(error).toData()),
    })
    .catch((third: unknown) => sayError(toAppError(third), secrets));
  return end.exitCode;
}

async function writeEnd(run: Finishing, end: RunEnd): Promise<number> {
  const { folder, journal, secrets } = run;
  await removeLeftovers(folder, new Set(end.artefacts.map(({ path }) => path)));
  const artefacts: Artefact[] = [...end.artefacts].sort((a, b) => (a.path < b.path ? -1 : 1));
  const write = async (path: string, document: string) => {
    // What a document is made of was masked already; nothing may leave that was overlooked.
    const text = path.endsWith('.json') ? secrets.maskJson(document) : secrets.mask(document);
    await writeAtomic(join(folder, path), text);
    const bytes = Buffer.from(text);
    artefacts.push({ path, bytes: bytes.length, sha256: sha256(bytes), mediaType: mediaTypeOf(path) });
  };
  if (run.taskBytes !== null)
    artefacts.push({
      path: workerFiles.task,
      bytes: run.taskBytes.length,
      sha256: sha256(run.taskBytes),
      mediaType: mediaTypeOf(workerFiles.task),
    });
  await write(workerFiles.metadata, jsonText(metadataOf(run, end)));
  if (run.task?.outputs.make_report !== false) {
    const report = reportOf(run, end, [...artefacts]);
    await write(workerFiles.reportMarkdown, report.markdown);
    await write(workerFiles.reportHtml, report.html);
  }
  if (end.outcome !== null) await write(workerFiles.item, jsonText(outputsItem(run, end, end.outcome, [...artefacts])));

  const outputs = artefacts.sort((a, b) => (a.path < b.path ? -1 : 1));
  const result: RunResult = {
    v: 1,
    jobId: run.jobId,
    state: end.state,
    validity: [...end.validity],
    exitCode: end.exitCode,
    startedAt: run.startedAt.toISOString(),
    endedAt: end.endedAt.toISOString(),
    workerVersion: run.worker.version,
    bundleSha256: run.worker.sha256,
    outputs,
    rootSha256: sha256(hashTreeText(outputs)),
    error: end.error?.toData() ?? null,
  };
  await writeAtomic(join(folder, workerFiles.result), jsonText(result));
  if (end.error === null) journal.log('info', `Succeeded: ${end.outcome?.summary ?? ''}`);
  else
    journal.log(
      'error',
      `${endWords[end.state]}: ${end.error.message}${end.error.remedy === undefined ? '' : ` ${end.error.remedy}`}`,
    );
  journal.state(end.state, [...end.validity]);
  journal.finish();
  await run.status.end({
    state: end.state,
    validity: [...end.validity],
    endedAt: end.endedAt.toISOString(),
    exitCode: end.exitCode,
    error: result.error,
  });
  return end.exitCode;
}

const endWords: Partial<Record<JobState, string>> = {
  failed: 'Failed',
  cancelled: 'Cancelled',
  timed_out: 'Timed out',
};

function runEnd(computed: Partial<ComputeEnd>, secrets: KnownSecrets): RunEnd {
  const { outcome = null, facts = null, artefacts = [] } = computed;
  const found =
    computed.error ?? (outcome === null ? new AppError('internal', 'The run ended without an answer.') : null);
  const error = found === null ? null : AppError.fromData(secrets.maskAll(presentable(found).toData()));
  const state: JobState =
    error === null ? 'succeeded' : error.code === 'cancelled' || error.code === 'timed_out' ? error.code : 'failed';
  const validity = error === null ? (outcome?.validity ?? []) : [];
  const exitCode =
    error !== null ? exitCodeOf(error.code) : validity.includes('empty') ? exitCodes.empty : exitCodes.succeeded;
  return {
    state,
    validity,
    exitCode,
    error,
    outcome: error === null ? secrets.maskAll(outcome) : null,
    facts: secrets.maskAll(facts),
    artefacts,
    endedAt: runTime(),
  };
}
