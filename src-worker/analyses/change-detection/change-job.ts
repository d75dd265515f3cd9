import type { z } from 'zod';
import type { ChangeDetection } from '../../../src-shared/task/analyses/change-detection.ts';
import type { Histogram } from '../../render/histogram.ts';
import type { Bounds } from './change-classes.ts';
import type { ClassTotals, Differences } from './change-passes.ts';
import type { CompositeJob, Computed } from '../composite/composite-pass.ts';

export type ChangeTask = z.infer<typeof ChangeDetection>;

/** The two times that are compared. */
export interface Periods<T> {
  readonly before: T;
  readonly after: T;
}
export const periods = ['before', 'after'] as const satisfies readonly (keyof Periods<unknown>)[];
export type Period = (typeof periods)[number];

/** A composite of one period that was written to a map. */
export interface PeriodComposite {
  readonly job: CompositeJob;
  readonly computed: Computed;
  /** In the outputs. */
  readonly path: string;
  /** On the disk. */
  readonly file: string;
}

export interface Changes {
  readonly difference: Differences;
  readonly histogram: Histogram;
  readonly bounds: Bounds;
  readonly classes: ClassTotals;
}
