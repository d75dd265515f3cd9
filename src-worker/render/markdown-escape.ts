import { cleanText } from './markup.ts';

/**
 * Text as one line of CommonMark that means itself, in paragraphs, headings, list items, links and GFM table cells.
 * Line breaks become spaces, so that no text can start a block; punctuation that can mean something inside a line
 * is escaped (CommonMark 2.4), `<`, `>` and `&` as entities, which holds in raw HTML too; a scheme's colon, `@` and `www.`
 * are written as entities, so that nothing is linked by itself.
 */
export function escapeMarkdown(text: string): string {
  return cleanText(text)
    .replace(/[\s\u2028\u2029]+/g, (space) => (/[\t\r\n\f\v\u2028\u2029]/.test(space) ? ' ' : space))
    .trim()
    .replace(/[\\`*_{}[\]#+!|~^$]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^(-|=)/, '\\$1')
    .replace(/(https?|ftp|mailto|xmpp)(:)/gi, '$1&#58;')
    .replace(/www\./gi, (start) => `${start.slice(0, 3)}&#46;`)
    .replace(/@/g, '&#64;');
}

/** A code span whose fence is longer than any run of backticks inside (CommonMark 6.1). */
export function codeSpan(text: string): string {
  const clean = cleanText(text).replace(/\s+/g, ' ');
  if (clean.trim() === '') return '';
  const ticks = '`'.repeat(longestRun(clean) + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${clean}${pad}${ticks}`;
}

/** A fenced code block whose fence is longer than any run of backticks inside. */
export function fence(code: string): string {
  const clean = cleanText(code);
  const ticks = '`'.repeat(Math.max(3, longestRun(clean) + 1));
  return `${ticks}text\n${clean}\n${ticks}`;
}

/** Keeps a cell's code span in its cell: GFM splits cells before it reads code. */
export function tableCell(code: string): string {
  return code.replaceAll('|', '\\|');
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
