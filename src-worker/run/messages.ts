import type { ErrorData } from '../../src-shared/errors.ts';
import type { Artefact, Progress, Validity } from '../../src-shared/job.ts';
import type { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import type { ReportSection } from '../render/report.ts';
import type { LogLevel } from './journal.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What the supervisor hands to the compute thread. */
export interface ThreadInput {
  readonly taskText: string;
  /** Folder that relative local inputs are relative to, when nothing was granted by name. */
  readonly taskFolder: string;
  /** Null: inputs are read where the task says. */
  readonly granted: readonly { readonly name: string; readonly path: string }[] | null;
  /** Null for a plan. */
  readonly out: string | null;
  readonly offline: boolean;
  /** Where what is read from servers is kept, where earlier runs have kept it, and how much may be added; null: nowhere. */
  readonly cache: { readonly folder: string; readonly shared: string | null; readonly maxNewBytes: number } | null;
  readonly bufferBytes: number;
  readonly heapBytes: number;
}

/** What is known about a run whether it ends well or not. */
export interface RunFacts {
  readonly readBytes: number;
  readonly requests: number;
  readonly pixels: number;
  readonly sources: readonly SourceFact[];
  readonly warnings: readonly string[];
  /** What the plan said would be read; null when the run ended before it was made. */
  readonly planned: { readonly readBytes: number; readonly requests: number; readonly pixels: number } | null;
}

/** A source that was opened, by its public name: never a path of this machine, never with credentials. */
export interface SourceFact {
  readonly name: string;
  readonly bytes: number;
  /** Of http(s) sources whose server gives one. */
  readonly etag?: string;
}

/** What the run covers, for the STAC Item of the outputs. */
export interface RunExtent {
  /** WGS 84 [west, south, east, north]. */
  readonly bbox: readonly [number, number, number, number] | null;
  readonly start: string | null;
  readonly end: string | null;
}

/** An input that a run used, for the `derived_from` links of its item.json. */
export interface Derivation {
  /** A public address, or the name that the task gave to something local. */
  readonly href: string;
  readonly title: string;
  readonly mediaType: string;
}

/** What a raster output is, for the STAC Item and the report. */
export interface MapFact {
  readonly path: string;
  readonly crs: string | null;
  readonly shape: readonly [height: number, width: number];
  readonly transform: readonly number[];
  readonly bands: readonly MapBandFact[];
}

export interface MapBandFact {
  readonly name: string;
  readonly dtype: string;
  readonly nodata: number | null;
  readonly statistics: Statistics;
}

export interface Statistics {
  readonly count: number;
  /** Null when there is no valid pixel. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly std: number | null;
}

/** A run that has succeeded. */
export interface Outcome {
  readonly validity: readonly Validity[];
  /** Why the validity is what it is, in one sentence. */
  readonly validityLine: string;
  /** One or two sentences: what was asked and what came out. */
  readonly summary: string;
  readonly marks: readonly string[];
  readonly sections: readonly ReportSection[];
  /** Goes into metadata.json as it is. */
  readonly metadata: { readonly [key: string]: Json };
  readonly extent: RunExtent;
  readonly derivedFrom: readonly Derivation[];
  readonly maps: readonly MapFact[];
}

export type FromThread =
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'artefact'; readonly artefact: Artefact }
  | { readonly type: 'planned'; readonly plan: WorkerPlan }
  | { readonly type: 'done'; readonly outcome: Outcome; readonly facts: RunFacts }
  | { readonly type: 'failed'; readonly error: ErrorData; readonly facts: RunFacts; readonly stack: string | null };

export interface ToThread {
  readonly type: 'abort';
  readonly error: ErrorData;
}
