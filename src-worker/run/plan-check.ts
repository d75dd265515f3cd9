import type { Json } from './messages.ts';

/** What a plan is held to. */
export interface Reads {
  readonly readBytes: number;
  readonly requests: number;
  readonly pixels: number;
}

interface PlanCheck {
  readonly withinTenPercent: boolean;
  /** For the log. */
  readonly words: string;
  /** For metadata and report: what was read beyond the plan; null when it was not more than planned. */
  readonly warning: string | null;
}

const tolerance = 0.1;
/** Below these differences a share says nothing: one header more or less. */
const spareBytes = 65_536;
const spareRequests = 4;

/** Holds what a run has read against what its plan said before the first pixel. */
export function checkPlan(planned: Reads, read: Reads): PlanCheck {
  const off = (key: 'readBytes' | 'requests', spare: number) => {
    const difference = read[key] - planned[key];
    return Math.abs(difference) > Math.max(spare, planned[key] * tolerance) ? difference : 0;
  };
  const [bytes, requests] = [off('readBytes', spareBytes), off('requests', spareRequests)];
  const withinTenPercent = bytes === 0 && requests === 0;
  const numbers = `read ${read.readBytes} bytes in ${read.requests} requests, planned ${planned.readBytes} in ${planned.requests}`;
  return {
    withinTenPercent,
    words: `Plan and run: ${numbers}${withinTenPercent ? '' : ', which is more than 10 % off'}.`,
    warning:
      bytes > 0 || requests > 0
        ? `The run read more than 10 % beyond its plan (${numbers}): repeated requests, or blocks that had to be read twice.`
        : null,
  };
}

/** As metadata.json tells it. */
export function readsJson({ readBytes, requests, pixels }: Reads): { readonly [key: string]: Json } {
  return { bytes: readBytes, requests, pixels };
}
