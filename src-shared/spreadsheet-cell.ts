/** Signs with which a spreadsheet takes a cell for a formula, their full-width forms too (OWASP: CSV injection). */
const formulaStart = /^[\s\0]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A text as a cell that no spreadsheet runs: what looks like a formula gets a leading apostrophe, numbers never do. */
export function inertCell(text: string): string {
  return formulaStart.test(text) && !plainNumber.test(text) ? `'${text}` : text;
}
