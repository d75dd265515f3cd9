/** What is wrong with a range of days; null when nothing is. An empty text leaves that end open. */
export function rangeProblem(from: string, to: string): string | null {
  return from !== '' && to !== '' && from > to ? 'It is after the last day.' : null;
}

/** The range as the ledger is asked for it. */
export function rangeOf(from: string, to: string): { from?: string; to?: string } {
  return { ...(from !== '' && { from }), ...(to !== '' && { to }) };
}
