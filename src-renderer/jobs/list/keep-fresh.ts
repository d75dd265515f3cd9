import { queryClient } from '../../app/api.ts';
import { onJobEvent } from '../../app/live.ts';

/** First part of the keys of all lists of jobs. */
export const jobsKey = 'jobList';

/** Events that come together are one change. */
const gatherMs = 80;
/** When many jobs change, lists are asked for again about three times a second. */
const restMs = 250;

let isListening = false;
let isAsking = false;
let hasChanged = false;

/** Asks for the lists of jobs again when a job has changed, from the first list on for as long as the window lives. */
export function keepJobsFresh(): void {
  if (isListening) return;
  isListening = true;
  onJobEvent(() => {
    hasChanged = true;
    if (!isAsking) void askAgain();
  });
}

/** Lists that are not shown are asked for when they are. Never two rounds at once: an answer is not called off by the next event. */
async function askAgain(): Promise<void> {
  isAsking = true;
  try {
    while (hasChanged) {
      await pause(gatherMs);
      hasChanged = false;
      await queryClient.invalidateQueries({ queryKey: [jobsKey] });
      await pause(restMs);
    }
  } finally {
    isAsking = false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
