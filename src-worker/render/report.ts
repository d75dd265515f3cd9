/** How far the numbers of a finished run can be trusted; shown by the gravest. Null unless the run succeeded. */
export type ReportValidity = 'computed' | 'partial' | 'empty' | 'offline_fixture' | 'synthetic';

export type ReportValue = string | number | boolean | null;

interface SectionBase {
  /** Heading; sections without one continue the section before. */
  readonly title?: string | undefined;
}

/** Paragraphs of plain text. `code` is set as a block under them (a formula, a command). */
export interface TextSection extends SectionBase {
  readonly kind: 'text';
  readonly paragraphs: readonly string[];
  readonly code?: string | undefined;
  /** `cause` is what ended a run without a result. */
  readonly tone?: 'plain' | 'note' | 'warning' | 'cause' | undefined;
}

/** A bulleted list, such as warnings or references. */
export interface ListSection extends SectionBase {
  readonly kind: 'list';
  readonly items: readonly string[];
  readonly tone?: 'plain' | 'note' | 'warning' | undefined;
}

export interface KeyValueRow {
  readonly label: string;
  readonly value: ReportValue;
  readonly unit?: string | undefined;
  /** Set in the monospaced face (ids, hashes, formulas). */
  readonly code?: boolean | undefined;
  /** Relative path or http(s) address; anything else is printed without a link. */
  readonly href?: string | undefined;
}

export interface KeyValueSection extends SectionBase {
  readonly kind: 'keyvalue';
  readonly rows: readonly KeyValueRow[];
}

export interface ReportColumn {
  readonly key: string;
  readonly label: string;
  readonly unit?: string | undefined;
  readonly code?: boolean | undefined;
  /** Key of the cell that holds this cell's link. */
  readonly hrefKey?: string | undefined;
}

/** The first rows of a table. Numbers are right-aligned and shortened to 6 digits; the CSV holds them in full. */
export interface TableSection extends SectionBase {
  readonly kind: 'table';
  readonly caption?: string | undefined;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly Readonly<Record<string, ReportValue>>[];
  /** Rows in the whole table, when `rows` holds only the first ones. */
  readonly totalRows?: number | undefined;
  readonly csvHref?: string | undefined;
}

export interface ReportFigure {
  /** Relative path inside the output folder, such as `figures/ndvi.png`. */
  readonly href: string;
  /** What the figure shows, in words, for those who can't see it. */
  readonly alt: string;
  readonly caption?: string | undefined;
}

export interface FigureSection extends SectionBase {
  readonly kind: 'figure';
  readonly figures: readonly ReportFigure[];
}

/** A raster or vector output, with its quicklook if there is one. */
export interface MapSection extends SectionBase {
  readonly kind: 'map';
  readonly href: string;
  readonly description: string;
  readonly quicklook?: ReportFigure | undefined;
  readonly rows?: readonly KeyValueRow[] | undefined;
}

export interface ReportFile {
  /** Relative path inside the output folder. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly role?: string | undefined;
}

export interface FilesSection extends SectionBase {
  readonly kind: 'files';
  readonly files: readonly ReportFile[];
}

export type ReportSection =
  TextSection | ListSection | KeyValueSection | TableSection | FigureSection | MapSection | FilesSection;

/** A whole report. Every text is plain text: the writers escape it for their format. */
export interface ReportModel {
  readonly title: string;
  /** One or two sentences: what was asked and what came out. */
  readonly summary?: string | undefined;
  readonly state: 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'lost';
  readonly validity: ReportValidity | null;
  /** Why the validity is what it is, in one sentence. */
  readonly validityLine: string;
  readonly review: 'needs_review' | 'signed' | 'rejected';
  /** Such as `Needs human review before reuse.` or who signed and when. */
  readonly reviewLine: string;
  /** Marks that stand on the figures, such as `SYNTHETIC FIXTURE DATA - NOT A MEASUREMENT`. */
  readonly marks: readonly string[];
  readonly sections: readonly ReportSection[];
}

export { renderMarkdown } from './report-markdown.ts';
export { renderHtml } from './report-html.ts';
