import type { GateNeed } from '../../../src-shared/gate/plan.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { Backend } from '../backends/backend.ts';

/** Why a task on this back end needs a person's approval; nothing for a run on this machine that costs nothing. Pure. */
export function needsOf(task: Task, backend: Pick<Backend, 'billing'>, offline: boolean): GateNeed[] {
  return [
    ...(backend.billing === undefined ? [] : [backend.billing.need]),
    ...(task.analysis.type === 'service' ? (['service'] as const) : []),
    ...(readerPays(task, offline) ? (['requester_pays'] as const) : []),
  ];
}

/** Whether what a run reads may be charged to the account of its credentials. */
export function readerPays(task: Task, offline: boolean): boolean {
  return !offline && task.access?.requester_pays === true;
}

/** Whether it takes machines that are somebody else's: only their back end can say when nothing of it is left. */
export function isRented(needs: readonly GateNeed[]): boolean {
  return needs.includes('billed') || needs.includes('shared');
}
