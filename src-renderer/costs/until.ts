/** A moment as a field for date and time takes it, in this machine’s zone and to the minute: `2026-11-22T10:04`. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What is wrong with a time at which something is to be ended; null when nothing is. */
export function untilProblem(text: string, now: number): string | null {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return 'Give a date and a time.';
  return at <= now ? 'That time is over.' : null;
}
