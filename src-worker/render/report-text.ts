import type { ReportModel, ReportValidity, ReportValue } from './report.ts';

/** A narrow no-break space between groups of three digits (ISO 80000-1). */
export const groupSign = '\u202f';

const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/;

export function isInstant(value: ReportValue | undefined): boolean {
  return typeof value === 'string' && instant.test(value);
}

/**
 * A value as people read it: integers grouped, other numbers in six significant digits, null as a dash, instants to the
 * second with their zone.
 */
export function displayValue(value: ReportValue | undefined): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? displayNumber(value) : value.replace(instant, '$1 $2 UTC');
}

export function displayNumber(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const short =
    Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(6)));
  const [whole = '', rest] = short.split('.');
  const grouped = /^-?\d{5,}$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, groupSign) : whole;
  return (rest === undefined ? grouped : `${grouped}.${rest}`).replace('-', '−');
}

/** Writes the numbers of one column with as many decimals as its most exact one, so that decimal marks stand in line. */
export function columnDisplay(
  values: readonly (ReportValue | undefined)[],
): (value: ReportValue | undefined) => string {
  const numbers = values.filter((value) => typeof value === 'number').map(displayNumber);
  const plain = numbers.every((text) => !text.includes('e'));
  const decimals = Math.max(0, ...numbers.map((text) => text.split('.')[1]?.length ?? 0));
  return (value) => {
    const text = displayValue(value);
    if (typeof value !== 'number' || !Number.isFinite(value) || !plain || decimals === 0) return text;
    const [whole = '', rest = ''] = text.split('.');
    return `${whole}.${rest.padEnd(decimals, '0')}`;
  };
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in decimal units (1 kB = 1000 B) with three digits. */
export function displayBytes(bytes: number): string {
  let unit = 0;
  let size = bytes;
  while (size >= 999.5 && unit < byteUnits.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${Number(size.toPrecision(3))} ${byteUnits[unit] ?? 'B'}`;
}

/** How a state looks and reads: an icon and words, with a colour that never stands alone. */
export interface StatusWord {
  readonly icon: string;
  readonly word: string;
  readonly tone: 'good' | 'warn' | 'bad';
}

const validityWords: Readonly<Record<ReportValidity, StatusWord>> = {
  computed: { icon: '✓', word: 'Computed', tone: 'good' },
  partial: { icon: '◐', word: 'Partial', tone: 'warn' },
  empty: { icon: '∅', word: 'Empty', tone: 'warn' },
  offline_fixture: { icon: '⚠', word: 'Offline fixture', tone: 'warn' },
  synthetic: { icon: '⚠', word: 'Synthetic', tone: 'warn' },
};

const stateWords: Readonly<Record<ReportModel['state'], StatusWord>> = {
  succeeded: { icon: '✓', word: 'Succeeded', tone: 'good' },
  failed: { icon: '✕', word: 'Failed', tone: 'bad' },
  timed_out: { icon: '✕', word: 'Timed out', tone: 'bad' },
  cancelled: { icon: '■', word: 'Cancelled', tone: 'bad' },
  lost: { icon: '✕', word: 'Lost', tone: 'bad' },
};

const reviewWords: Readonly<Record<ReportModel['review'], StatusWord>> = {
  needs_review: { icon: '◔', word: 'Needs human review', tone: 'warn' },
  signed: { icon: '✓', word: 'Reviewed and signed', tone: 'good' },
  rejected: { icon: '✕', word: 'Rejected in review', tone: 'bad' },
};

/** The word for the outcome: the validity of a run that succeeded, else its state. */
export function outcomeWord(model: ReportModel): StatusWord {
  return model.validity !== null && model.state === 'succeeded'
    ? validityWords[model.validity]
    : stateWords[model.state];
}

export function reviewWord(model: ReportModel): StatusWord {
  return reviewWords[model.review];
}

/**
 * A link target that is safe in a report: an http(s) address, or a path relative to the output folder. Null for the
 * rest (other schemes, absolute paths, ways out of the folder), which is then printed as plain text.
 */
export function safeHref(href: string): string | null {
  if (/^https?:\/\//i.test(href)) {
    const url = URL.canParse(href) ? new URL(href) : null;
    return url === null || url.username !== '' || url.password !== '' ? null : url.href;
  }
  const parts = href.toWellFormed().split('/');
  const safe =
    href !== '' && parts.every((part) => part !== '' && part !== '..' && part !== '.' && !part.includes('\\'));
  return safe && !/^[a-z][a-z0-9+.-]*:/i.test(href.trim()) ? parts.map(encodeURIComponent).join('/') : null;
}

/** Path of an image beside the report; remote images are not loaded. */
export function imageHref(href: string): string | null {
  return /^https?:/i.test(href) ? null : safeHref(href);
}
