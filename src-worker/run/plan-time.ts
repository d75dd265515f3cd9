/** What the time of a run is estimated from. */
interface TimeParts {
  /** Bytes and requests that are still to be read, and source pixels to be decoded. */
  readonly readBytes: number;
  readonly requests: number;
  readonly pixels: number;
  /** Whether any of it comes over the network. */
  readonly isRemote: boolean;
  /** Requests of the plan itself and the time they took in ms, several of them side by side. */
  readonly plannedRequests: number;
  readonly planMs: number;
}

/** Start of the worker, figures and report. */
const fixedSeconds = 1.5;
/** Seen on a machine of two cores: a median of three DEFLATE scenes of 6,000 x 6,000 pixels, nearest neighbour, gave 4.5 million. */
const pixelsPerSecond = 4_500_000;
/** Assumed: a line of 100 Mbit/s, and a disk. */
const remoteBytesPerSecond = 12_500_000;
const localBytesPerSecond = 300_000_000;
/** Headers are read so many at once, blocks so many. */
const headersAtOnce = 16;
const readsAtOnce = 4;
const leastRequestMs = { remote: 5, local: 0.2 } as const;

/**
 * A rough estimate of a run's time in seconds: a fixed part, the latency of its requests as the plan's own requests showed it,
 * the transfer, and the decoding. It is told as an estimate and nothing depends on it.
 */
export function estimateSeconds(parts: TimeParts): number {
  const least = parts.isRemote ? leastRequestMs.remote : leastRequestMs.local;
  const seen =
    parts.isRemote && parts.plannedRequests > 0
      ? (parts.planMs * Math.min(headersAtOnce, parts.plannedRequests)) / parts.plannedRequests
      : least;
  const latency = (parts.requests * Math.max(least, seen)) / readsAtOnce / 1_000;
  const transfer = parts.readBytes / (parts.isRemote ? remoteBytesPerSecond : localBytesPerSecond);
  return Math.ceil(fixedSeconds + latency + transfer + parts.pixels / pixelsPerSecond);
}
